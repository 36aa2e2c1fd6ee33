from __future__ import annotations

from tests.layers import shop
from tests.layers.rendered import resources, sids, statement

LAYER = shop.layer("""
models: {writer: {id: us.anthropic.claude-haiku-5-5}}
functions: {quotes: {source: ../quotes}}
services:
  web: {memory: 1024, tracing: true, uses: {quotes: {}, writer: {}}}
  far: {image: {uri: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/far:3"}}
  public: {image: {uri: "docker.io/library/nginx:1"}}
""")


def test_images_are_pulled_from_the_services_own_repository() -> None:
    pull = statement(LAYER, "GrantExecutionWeb", "PullImages")

    assert pull["Resource"] == [{"Fn::GetAtt": ["RepositoryWeb", "Arn"]}]


def test_a_private_image_elsewhere_is_pulled_by_its_arn() -> None:
    pull = statement(LAYER, "GrantExecutionFar", "PullImages")

    arn = "arn:${AWS::Partition}:ecr:eu-west-1:123456789012:repository/team/far"
    assert pull["Resource"] == [{"Fn::Sub": arn}]


def test_a_public_image_needs_no_grant() -> None:
    assert sids(LAYER, "GrantExecutionPublic") == ["WriteLogs"]


def test_logs_go_to_the_services_group_alone() -> None:
    write = statement(LAYER, "GrantExecutionWeb", "WriteLogs")

    assert write["Resource"] == [{"Fn::GetAtt": ["LogGroupWeb", "Arn"]}]
    assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_each_star_has_its_reason() -> None:
    for name, policy in resources(LAYER, "AWS::IAM::RolePolicy").items():
        reasons = policy["Metadata"]["petc"].get("reasons", {})
        starred = {sid for sid in sids(LAYER, name) if statement(LAYER, name, sid)["Resource"] == ["*"]}

        assert starred == set(reasons)


def test_traces_are_written_by_the_task_where_asked() -> None:
    assert "xray:PutTraceSegments" in statement(LAYER, "GrantTaskWeb", "WriteTraces")["Action"]
    assert "GrantTaskFar" not in resources(LAYER)


def test_a_function_is_invoked_by_its_name() -> None:
    invoke = statement(LAYER, "GrantTaskWeb", "InvokeFunctions")

    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-dev-quotes"
    assert invoke["Resource"] == [{"Fn::Sub": arn}]


def test_a_service_may_converse_with_the_model_that_it_uses() -> None:
    assert "ConverseProfile" in sids(LAYER, "GrantTaskWeb")
