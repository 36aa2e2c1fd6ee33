"""Certificates, zones, models and values of secrets, asked for where they are used."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from petc.deploy.preflight import prerequisites
from petc.deploy.preflight.types import NotAnswered, NotReached, Verdict
from petc.deploy.targets import Target
from tests.deploy.preflight.lookups import HERE, Answers, planned, resource

OWN = "arn:aws:acm:us-west-2:111111111111:certificate/0d0c1f6e"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


def listener(arn: str) -> Any:
    return planned(resource(LISTENER, Certificates=[{"CertificateArn": arn}]))


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:acm:us-west-2:222222222222:certificate/1",
        "arn:aws:acm:us-east-2:111111111111:certificate/1",
    ],
)
def test_a_certificate_of_another_account_or_region_is_refused_without_a_call(arn: str) -> None:
    answers = Answers()
    (found,) = prerequisites.certificates(listener(arn), answers)

    assert found.verdict is Verdict.ERROR
    assert "needs one of 111111111111/us-west-2" in found.message
    assert answers.asked == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"Certificate": {"Status": "ISSUED"}}, None),
        ({"Certificate": {"Status": "PENDING_VALIDATION"}}, "is pending validation"),
        ("ResourceNotFoundException", "is missing"),
    ],
)
def test_a_certificate_must_be_issued(answer: Any, said: str | None) -> None:
    found = list(prerequisites.certificates(listener(OWN), Answers().at("acm:describe_certificate", answer)))

    assert [item.message.endswith(said or "") for item in found] == ([True] if said else [])


def test_a_site_takes_its_certificate_from_us_east_1() -> None:
    arn = OWN.replace("us-west-2", "us-east-1")
    site = planned(
        resource("AWS::CloudFront::Distribution", DistributionConfig={"ViewerCertificate": {"Arn": arn}})
    )

    issued = Answers().at("acm:describe_certificate", {"Certificate": {"Status": "ISSUED"}})
    assert list(prerequisites.certificates(site, issued)) == []


def test_a_zone_of_another_account_is_refused() -> None:
    record = planned(resource("AWS::Route53::RecordSet", HostedZoneId="Z1"))
    (found,) = prerequisites.hosted_zones(record, Answers().at("route53:get_hosted_zone", "NoSuchHostedZone"))

    assert found.verdict is Verdict.ERROR
    assert list(prerequisites.hosted_zones(record, Answers().at("route53:get_hosted_zone", {}))) == []


POLICY = planned(
    resource(
        "AWS::IAM::RolePolicy",
        PolicyDocument={
            "Statement": [
                {
                    "Resource": {
                        "Fn::Sub": "arn:${AWS::Partition}:bedrock:us-west-2::foundation-model/maker.model-1"
                    }
                },
                {
                    "Resource": {
                        "Fn::Sub": "arn:${AWS::Partition}:bedrock:us-east-1::foundation-model/maker.model-1"
                    }
                },
            ]
        },
    )
)
GOOD = {
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
    "agreementAvailability": {"status": "AVAILABLE"},
}


def models(availability: Any, lifecycle: Any = None) -> list[str]:
    answers = Answers().at("bedrock:get_foundation_model_availability", availability)
    answers.at("bedrock:get_foundation_model", {"modelDetails": {"modelLifecycle": lifecycle or {}}})
    found = list(prerequisites.models(POLICY, answers))
    assert all(item.verdict is Verdict.WARNING for item in found)
    assert [call for call, _ in answers.asked].count("bedrock:get_foundation_model_availability") == 1
    return [item.message for item in found]


def test_a_model_is_asked_for_in_its_region_once() -> None:
    assert models(GOOD, {"status": "ACTIVE"}) == []


@pytest.mark.parametrize(
    ("availability", "said"),
    [
        ({**GOOD, "entitlementAvailability": "NOT_AVAILABLE"}, "the account has no access to it"),
        ({**GOOD, "authorizationStatus": "NOT_AUTHORIZED"}, "the account is not authorized"),
        (
            {**GOOD, "agreementAvailability": {"status": "NOT_AVAILABLE"}},
            "its agreement has not been accepted",
        ),
        ("ResourceNotFoundException", "it does not exist in this region"),
    ],
)
def test_a_model_that_cannot_be_invoked_is_told_with_the_reason(availability: Any, said: str) -> None:
    (message,) = models(availability)

    assert message == f"model maker.model-1 cannot be invoked: {said}"


def test_a_legacy_model_is_told_with_its_last_day() -> None:
    (message,) = models(GOOD, {"status": "LEGACY", "endOfLifeTime": "2027-01-31T00:00:00Z"})

    assert message == "model maker.model-1 is a legacy version and ends on 2027-01-31"


def secret(stages: list[str], stack: str = "mine", logical_id: str = "Hook") -> dict[str, Any]:
    return {
        "Name": "hook-x",
        "ARN": "arn:x",
        "SecretVersionsToStages": {"v": stages} if stages else {},
        "Tags": [
            {"Key": "aws:cloudformation:logical-id", "Value": logical_id},
            {"Key": "aws:cloudformation:stack-name", "Value": stack},
        ],
    }


def secrets(*listed: dict[str, Any]) -> list[str]:
    target = planned(
        replace(resource("AWS::SecretsManager::Secret", "Hook"), deployed=True),
        own_stacks=frozenset({"mine"}),
    )
    answers = Answers().at("secretsmanager:list_secrets", {"SecretList": list(listed)})
    return [item.help for item in prerequisites.secret_values(target, answers)]


def test_an_empty_secret_is_told_with_the_command() -> None:
    assert secrets(secret(["AWSCURRENT"]), secret([], stack="another")) == []
    assert secrets(secret([])) == [
        "aws secretsmanager put-secret-value --secret-id arn:x --secret-string VALUE --region us-west-2"
    ]


def test_a_secret_that_cannot_be_found_is_not_checked() -> None:
    with pytest.raises(NotAnswered):
        secrets(secret([], stack="another"))


def test_a_secret_with_a_generated_value_or_to_be_made_asks_nothing() -> None:
    answers = Answers()
    made = planned(
        resource("AWS::SecretsManager::Secret", "New"),
        replace(resource("AWS::SecretsManager::Secret", "Own", GenerateSecretString={}), deployed=True),
    )

    assert list(prerequisites.secret_values(made, answers)) == []
    assert answers.asked == []


def test_images_are_told_where_their_repositories_exist() -> None:
    def missing(target: Target, running: bool) -> Any:
        return SimpleNamespace(
            service="s", target=target, repository="r", tag="t", running=running, at="/services/s"
        )

    other = Target("222222222222", "us-west-2")
    found = list(
        prerequisites.images(
            cast("Any", [missing(HERE, False), missing(HERE, True), missing(other, False)]), {HERE}
        )
    )

    assert [(item.target, item.pointer) for item in found] == [(HERE, "/services/s/image")]


@pytest.mark.parametrize(
    ("answer", "stacks", "said"),
    [
        ({"Role": {"RoleName": "petc-execution"}}, (), None),
        ("NoSuchEntity", (), "account 111111111111 has no role petc-execution"),
        (NotReached("sts:AssumeRole was refused"), (), "does not seem to be bootstrapped: sts:AssumeRole"),
        # Something of the stage is deployed there: it was bootstrapped once.
        (NotReached("sts:AssumeRole was refused"), ("shop-dev-01",), NotAnswered),
        (NotAnswered("iam:get_role: Throttling"), (), NotAnswered),
    ],
)
def test_an_account_needs_the_role_with_which_cloudformation_creates(
    answer: Any, stacks: tuple[str, ...], said: Any
) -> None:
    target = planned(resource("AWS::SNS::Topic"), role="petc-execution", own_stacks=frozenset(stacks))
    asking = prerequisites.execution_role(target, Answers().at("iam:get_role", answer))
    if said is NotAnswered:
        with pytest.raises(NotAnswered):
            list(asking)
        return
    found = list(asking)

    assert [item.verdict for item in found] == ([Verdict.ERROR] if said else [])
    if said:
        assert said in found[0].message
        assert "petc bootstrap" in found[0].help


def test_no_role_is_asked_for_where_aws_keeps_its_own() -> None:
    answers = Answers()

    assert list(prerequisites.execution_role(planned(resource("AWS::SNS::Topic")), answers)) == []
    assert answers.asked == []


def test_service_linked_roles_that_the_account_lacks_are_named_with_their_command() -> None:
    def role(**asked: str) -> Any:
        return "NoSuchEntity" if asked["RoleName"] == "AWSServiceRoleForECS" else {"Role": {}}

    target = planned(
        resource("AWS::ECS::Cluster", "Cluster"),
        resource("AWS::ECS::Service", "Service"),
        resource("AWS::RDS::DBCluster", "Database"),
    )
    answers = Answers().at("iam:get_role", role)
    (found,) = prerequisites.service_roles(target, answers)

    assert found.verdict is Verdict.WARNING
    assert found.help.endswith("aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com")
    assert [parameters["RoleName"] for _, parameters in answers.asked] == [
        "AWSServiceRoleForECS",
        "AWSServiceRoleForRDS",
    ]


def test_what_is_deployed_has_its_service_linked_role() -> None:
    answers = Answers()
    target = planned(replace(resource("AWS::ECS::Cluster"), deployed=True))

    assert list(prerequisites.service_roles(target, answers)) == []
    assert answers.asked == []


def test_a_certificate_of_a_site_is_looked_up_where_cloudfront_reads_it() -> None:
    arn = f"arn:aws:acm:us-east-1:{HERE.account}:certificate/11111111-1111-1111-1111-111111111111"
    site = resource(
        "AWS::CloudFront::Distribution",
        "Site",
        DistributionConfig={"ViewerCertificate": {"AcmCertificateArn": arn}},
    )
    answers = Answers().at("acm:describe_certificate", {"Certificate": {"Status": "PENDING_VALIDATION"}})
    (found,) = prerequisites.certificates(planned(site), answers)

    assert answers.asked[0] == ("in_region", {"region": "us-east-1"})
    assert "is pending validation" in found.message
    assert f"{arn} --region us-east-1" in found.help
