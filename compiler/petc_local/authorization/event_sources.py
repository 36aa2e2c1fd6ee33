"""What lets a queue or a stream invoke a function needs: the event source mapping of Lambda."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, call

_LAMBDA = (
    f"{REFERENCE}list_awslambda.html",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html",
)
_MAPPING = "lambda:{here}:event-source-mapping:{id|last}"
_NEW_MAPPING = "lambda:{here}:event-source-mapping:*"
_FUNCTION = {"lambda:FunctionArn": "arn:aws:lambda:{here}:function:{FunctionName|function}"}
"""The actions name no function; a condition key tells it."""

NEEDS: Mapping[str, Needs] = {
    "AWS::Lambda::EventSourceMapping": Needs(
        _LAMBDA,
        create=(
            call("lambda:CreateEventSourceMapping", keys=_FUNCTION),
            call("lambda:TagResource", _NEW_MAPPING, when="Tags"),
        ),
        update=(
            call("lambda:UpdateEventSourceMapping", _MAPPING, keys=_FUNCTION),
            call("lambda:TagResource", _MAPPING, when="Tags"),
            call("lambda:UntagResource", _MAPPING, when="-Tags"),
        ),
        delete=(call("lambda:DeleteEventSourceMapping", _MAPPING, keys=_FUNCTION),),
        read=(call("lambda:GetEventSourceMapping", _MAPPING, keys=_FUNCTION),),
    ),
}
