from __future__ import annotations

import json
import string

from hypothesis import given
from hypothesis import strategies as st

from petc.resources.schemas import Json
from petc_local.types.secrets_manager import generated
from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update


def test_ref_of_a_secret_is_its_arn(aws: LocalAws) -> None:
    secret = resource("AWS::SecretsManager::Secret", SecretString="word")
    made = create(aws, {"Secret": secret}, outputs={"Secret": ref("Secret")})
    arn = made.outputs["Secret"]

    assert arn.startswith(f"arn:aws:secretsmanager:us-west-2:{aws.account}:secret:probe-Secret-")
    assert aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "word"


def test_a_description_changes_in_place(aws: LocalAws) -> None:
    made = create(aws, {"Secret": resource("AWS::SecretsManager::Secret", SecretString="word")})
    update(aws, {"Secret": resource("AWS::SecretsManager::Secret", SecretString="word", Description="said")})
    shown = aws.client("secretsmanager").describe_secret(SecretId=made.ids["Secret"])

    assert shown["Description"] == "said"


def test_another_name_replaces_the_secret(aws: LocalAws) -> None:
    create(aws, {"Secret": resource("AWS::SecretsManager::Secret", Name="one", SecretString="word")})
    update(aws, {"Secret": resource("AWS::SecretsManager::Secret", Name="two", SecretString="word")})

    assert [item["Name"] for item in aws.client("secretsmanager").list_secrets()["SecretList"]] == ["two"]


def test_deleting_leaves_no_secret(aws: LocalAws) -> None:
    create(aws, {"Secret": resource("AWS::SecretsManager::Secret", SecretString="word")})
    delete(aws)

    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


def test_a_secret_that_nobody_touched_has_not_drifted(aws: LocalAws) -> None:
    create(aws, {"Secret": resource("AWS::SecretsManager::Secret", SecretString="word", Description="said")})
    client = aws.client("cloudformation")
    client.detect_stack_drift(StackName="probe")
    (found,) = client.describe_stack_resource_drifts(StackName="probe")["StackResourceDrifts"]

    assert found["StackResourceDriftStatus"] == "IN_SYNC"


def test_a_dynamic_reference_by_arn_resolves(aws: LocalAws) -> None:
    value = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:key}}"}
    create(
        aws,
        {
            "Secret": resource("AWS::SecretsManager::Secret", SecretString='{"key": "word"}'),
            "Copy": resource("AWS::SSM::Parameter", Name="/copy", Type="String", Value=value),
        },
    )

    assert aws.client("ssm").get_parameter(Name="/copy")["Parameter"]["Value"] == "word"


def test_a_template_of_the_secret_gets_the_password() -> None:
    rules: dict[str, Json] = {
        "SecretStringTemplate": '{"user": "root"}',
        "GenerateStringKey": "word",
        "PasswordLength": 20,
    }
    made = json.loads(generated(rules))

    assert made["user"] == "root"
    assert len(made["word"]) == 20


@given(length=st.integers(8, 64), excluded=st.text(string.punctuation, max_size=5))
def test_a_password_keeps_to_its_rules(length: int, excluded: str) -> None:
    made = generated({"PasswordLength": length, "ExcludeCharacters": excluded, "ExcludeNumbers": True})

    assert len(made) == length
    assert not set(made) & (set(excluded) | set(string.digits))
    assert set(made) & set(string.ascii_lowercase)
    assert set(made) & set(string.ascii_uppercase)


def test_a_password_without_punctuation_has_none() -> None:
    made = generated({"PasswordLength": 200, "ExcludePunctuation": True})

    assert made.isalnum()
