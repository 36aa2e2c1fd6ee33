"""What a role needs to converse with a foundation model on Bedrock."""

from __future__ import annotations

import re

from awacs import bedrock
from awacs.aws import ArnLike, Condition, Statement
from troposphere import Sub

from petc import naming
from petc.layers import iam
from petc.model import catalogue
from petc.model.components import Model

REASONS = {
    "ConverseAnywhere": "the catalogue does not know to which regions this inference profile leads",
}
"""Reasons for a `*`, by the statement's Sid."""

_PROFILE = re.compile(r"^(?:apac|au|ca|eu|global|jp|sa|us|us-gov)\.(?P<model>.+)$")
"""A system inference profile's id starts with a geography; Bedrock User Guide, "Inference profiles"."""


def converse(model: Model) -> list[Statement]:
    """Return statements that allow to invoke a model, through its inference profile if the id names one.

    A profile sends each request on to one of several regions, so the model must be allowed in all of them,
    but only by way of the profile. Converse has no action of its own; Bedrock User Guide, "Converse".
    """
    actions = [bedrock.InvokeModel]
    known = catalogue.model_destinations(model.id)
    profile = _PROFILE.match(model.id)
    if not profile:
        foundation = known[0] if known else model.id
        return [iam.allow("ConverseHere", actions, [_model("${AWS::Region}", foundation)])]
    through = Sub(
        "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:inference-profile/" + model.id
    )
    foundation, regions = known if known else (profile["model"], ())
    sid = f"Converse{naming.pascal(model.key)}" if regions else "ConverseAnywhere"
    only = Condition(ArnLike({"bedrock:InferenceProfileArn": through}))
    return [
        iam.allow("ConverseProfile", actions, [through]),
        iam.allow(sid, actions, [_model(region, foundation) for region in regions or ("*",)], only),
    ]


def _model(region: str, model_id: str) -> Sub:
    return Sub(f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{model_id}")
