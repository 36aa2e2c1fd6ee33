from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def granted(action: str = "s3:GetObject", name: str = "Read") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::files/*"}
    return {
        "Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST),
        "Grant": resource(
            "AWS::IAM::RolePolicy",
            RoleName=ref("Role"),
            PolicyName=name,
            PolicyDocument={"Version": "2012-10-17", "Statement": [statement]},
        ),
    }


def action(aws: LocalAws, role: str, policy: str) -> str:
    document = aws.client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    return str(document["Statement"][0]["Action"])


def test_a_policy_is_shown_at_its_role(aws: LocalAws) -> None:
    made = create(aws, granted())

    assert action(aws, made.ids["Role"], "Read") == "s3:GetObject"


def test_another_document_changes_it_in_place(aws: LocalAws) -> None:
    made = create(aws, granted())
    changed = update(aws, granted("s3:PutObject"))

    assert action(aws, made.ids["Role"], "Read") == "s3:PutObject"
    assert changed.ids["Grant"] == made.ids["Grant"]


def test_another_name_replaces_it(aws: LocalAws) -> None:
    made = create(aws, granted())
    update(aws, granted(name="Fetch"))

    assert aws.client("iam").list_role_policies(RoleName=made.ids["Role"])["PolicyNames"] == ["Fetch"]


def test_a_role_that_does_not_exist_is_refused(aws: LocalAws) -> None:
    lost = granted()
    lost["Grant"]["Properties"]["RoleName"] = "nobody"

    assert "nobody cannot be found" in create(aws, lost).reasons[0]


def test_deleting_takes_it_from_a_role_that_stays(aws: LocalAws) -> None:
    role = create(aws, {"Role": granted()["Role"]}, "roles").ids["Role"]
    grant = granted()["Grant"]
    grant["Properties"]["RoleName"] = role
    create(aws, {"Grant": grant})
    delete(aws)

    assert aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"] == []
