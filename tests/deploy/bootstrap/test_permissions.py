"""The actions that types need."""

from __future__ import annotations

from petc.deploy.bootstrap.permissions import needed, service_of


def test_a_type_needs_the_actions_of_all_its_handlers() -> None:
    found = needed(["AWS::SQS::Queue"], "us-west-2")

    assert {"sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:DeleteQueue", "sqs:ListQueues"} <= set(found)
    assert found["sqs:CreateQueue"] == ("AWS::SQS::Queue",)


def test_services_that_no_layer_uses_are_left_out() -> None:
    """The handler of an association names Amplify, Cognito and App Runner, which no layer protects."""
    services = {action.partition(":")[0] for action in needed(["AWS::WAFv2::WebACLAssociation"], "us-west-2")}

    assert "wafv2" in services
    assert not services & {"amplify", "cognito-idp", "apprunner"}


def test_an_action_that_does_not_exist_is_left_out() -> None:
    """The handler of a bucket names `s3:REST.PUT.OBJECT`."""
    assert not [action for action in needed(["AWS::S3::Bucket"], "us-west-2") if "REST" in action]


def test_actions_are_spelled_one_way() -> None:
    found = needed(["AWS::CloudTrail::Trail", "AWS::WAFv2::WebACL"], "us-west-2")

    assert "cloudtrail:CreateTrail" in found
    assert "wafv2:ListWebACLs" in found


def test_a_cluster_may_keep_its_master_password_in_a_secret() -> None:
    assert "secretsmanager:CreateSecret" in needed(["AWS::RDS::DBCluster"], "us-west-2")


def test_a_namespace_has_the_prefix_of_its_service() -> None:
    assert service_of("AWS::ElasticLoadBalancingV2::Listener") == "elasticloadbalancing"
