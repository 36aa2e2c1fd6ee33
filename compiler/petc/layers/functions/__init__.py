"""Layer functions: the Lambda functions that callers or a schedule invoke.

Functions that alarms or rotations invoke stand with the topic and the events that they wait for, in the
layers notification and aws-native.
"""

from __future__ import annotations

from troposphere import GetAtt

from petc.layers import contracts
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.functions import lambda_function, triggers
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit each function with its log group, its grants and, where it has a schedule, what runs it."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    added = lambda_function.add_functions(draft)
    triggers.add_triggers(draft, added)
    for name, item in added.items():
        draft.export(contracts.FUNCTION_ARN, GetAtt(item.function, "Arn"), stage.functions[name].key)
    return draft.finish()


LAYER = Layer("functions", 6, "Lambda functions with log groups, grants, model access and schedules", emit)
