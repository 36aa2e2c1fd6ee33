from __future__ import annotations

from typing import Any

from troposphere import encode_to_dict

from petc.layers import iam, models_access
from petc.model.components import Model

HERE = "arn:${AWS::Partition}:bedrock:${AWS::Region}"


def allowed(model_id: str) -> dict[str, Any]:
    policy = iam.policy(*models_access.converse(Model(id=model_id, name="chat", key="chat")))
    found = encode_to_dict(policy)["Statement"]
    return {item["Sid"]: item for item in found}


def targets(statement: Any) -> list[str]:
    return [item["Fn::Sub"] for item in statement["Resource"]]


def test_an_inference_profile_leads_to_each_of_its_regions() -> None:
    found = allowed("us.anthropic.claude-haiku-5-5")

    profile = f"{HERE}:${{AWS::AccountId}}:inference-profile/us.anthropic.claude-haiku-5-5"
    assert targets(found["ConverseProfile"]) == [profile]
    assert targets(found["ConverseChat"]) == [
        f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/anthropic.claude-haiku-5-5"
        for region in ("us-east-1", "us-east-2", "us-west-2")
    ]


def test_the_model_itself_is_reached_by_way_of_the_profile_only() -> None:
    found = allowed("us.anthropic.claude-haiku-5-5")

    (profile,) = targets(found["ConverseProfile"])
    condition = found["ConverseChat"]["Condition"]["ArnLike"]["bedrock:InferenceProfileArn"]
    assert condition == {"Fn::Sub": profile}


def test_a_plain_model_is_called_in_the_own_region() -> None:
    (only,) = allowed("anthropic.claude-3-haiku-20240307-v1:0").values()

    assert targets(only) == [f"{HERE}::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"]


def test_an_unknown_model_is_taken_by_its_id() -> None:
    (only,) = allowed("acme.chat-v1").values()

    assert targets(only) == [f"{HERE}::foundation-model/acme.chat-v1"]


def test_an_unknown_profile_has_a_star_with_a_reason() -> None:
    found = allowed("eu.acme.chat-v1")

    anywhere = "arn:${AWS::Partition}:bedrock:*::foundation-model/acme.chat-v1"
    assert targets(found["ConverseAnywhere"]) == [anywhere]
    assert "ConverseAnywhere" in models_access.REASONS
