"""What the local AWS says of Bedrock models, by the real SDK."""

from __future__ import annotations

import botocore.exceptions
import pytest

from tests.petc_local.running import LocalAws


def test_every_model_is_available_and_active(aws: LocalAws) -> None:
    bedrock = aws.client("bedrock")
    availability = bedrock.get_foundation_model_availability(modelId="maker.model-1:0")
    details = bedrock.get_foundation_model(modelIdentifier="maker.model-1:0")["modelDetails"]

    assert availability["authorizationStatus"] == "AUTHORIZED"
    assert availability["entitlementAvailability"] == "AVAILABLE"
    assert details["modelLifecycle"]["status"] == "ACTIVE"


def test_other_calls_of_bedrock_are_left_to_ministack(aws: LocalAws) -> None:
    with pytest.raises(botocore.exceptions.ClientError):
        aws.client("bedrock").get_inference_profile(inferenceProfileIdentifier="no-such-profile")
