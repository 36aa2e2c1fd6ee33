"""To which ARNs actions are limited."""

from __future__ import annotations

from petc.deploy.bootstrap.resource_scoping import cut, resources


def of(action: str, name: str = "shop-dev") -> tuple[str, ...]:
    return resources(action, name, "/shop/dev", "StackSet-")


def test_roles_are_those_of_the_stage_s_stacks() -> None:
    assert of("iam:PutRolePolicy") == (
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/StackSet-shop-dev-*",
    )


def test_a_long_name_is_cut_as_cloudformation_cuts_it() -> None:
    (role,) = of("iam:CreateRole", "a-very-long-spec-name-production")

    assert role.endswith(":role/StackSet-a-very-long-spe*")


def test_a_stage_s_patterns_do_not_fit_another_stage_whose_name_begins_alike() -> None:
    """IAM's `*` crosses hyphens and slashes, so the hyphen behind the name is what counts."""
    for action in ("iam:CreateRole", "s3:CreateBucket", "sqs:CreateQueue", "cloudtrail:StopLogging"):
        for pattern in of(action):
            kind, _, name = pattern.rpartition("shop-dev")
            assert kind
            assert name in ("", "-*")


def test_a_name_that_is_cut_before_the_hyphen_is_known() -> None:
    assert not cut("shop-dev", "StackSet-")
    assert not cut("petclinic-prod", "StackSet-")  # 23 characters, and the hyphen is the last that counts
    assert cut("a-very-long-spec-name-production", "StackSet-")


def test_the_alarms_of_target_tracking_have_names_of_their_own() -> None:
    assert "arn:${AWS::Partition}:cloudwatch:*:${AWS::AccountId}:alarm:TargetTracking-service/*" in of(
        "cloudwatch:PutMetricAlarm"
    )


def test_buckets_are_in_lower_case() -> None:
    assert of("s3:CreateBucket") == ("arn:${AWS::Partition}:s3:::stackset-shop-dev-*",)


def test_functions_and_repositories_have_names_of_their_own() -> None:
    assert of("lambda:CreateFunction") == (
        "arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:shop-dev-*",
    )
    assert of("ecr:DeleteRepository") == (
        "arn:${AWS::Partition}:ecr:*:${AWS::AccountId}:repository/shop-dev/*",
    )


def test_what_has_an_id_of_aws_s_own_is_not_limited() -> None:
    assert of("ec2:DeleteVpc") == ("*",)


def test_what_lists_is_not_limited() -> None:
    assert of("lambda:ListFunctions") == ("*",)
    assert of("logs:DescribeLogGroups") == ("*",)


def test_service_linked_roles_lie_below_their_path() -> None:
    (role,) = of("iam:CreateServiceLinkedRole")

    assert role.endswith(":role/aws-service-role/*")
