"""Mends functions: code that is not there, and settings that MiniStack's CloudFormation ignores."""

from __future__ import annotations

from ministack.services import lambda_svc, s3

from petc_local.types.forms import Attributes, Made, Properties, ResourceError, mapping, number, text
from petc_local.types.patching import Mend


def _prepared(properties: Properties) -> Properties:
    """Refuse a function whose code is not in the bucket, in Lambda's words ("CreateFunction")."""
    code = mapping(properties.get("Code"))
    bucket, key = text(code, "S3Bucket"), text(code, "S3Key")
    if bucket and not _is_there(bucket, key):
        raise ResourceError(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
            f"S3 Error Message: The specified key does not exist. ({bucket}/{key})"
        )
    return properties


def _is_there(bucket: str, key: str) -> bool:
    return s3._get_object_data(bucket, key) is not None


def _made(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    function = lambda_svc._functions[physical_id]
    config = function["config"]
    config["KMSKeyArn"] = text(new, "KmsKeyArn")
    config["VpcConfig"] = lambda_svc._vpc_config_with_id(mapping(new.get("VpcConfig")) or None)
    dead_letters = mapping(new.get("DeadLetterConfig"))
    if dead_letters:
        config["DeadLetterConfig"] = dead_letters
    if "ReservedConcurrentExecutions" in new:
        function["concurrency"] = number(new, "ReservedConcurrentExecutions")
    elif "ReservedConcurrentExecutions" in old:
        function["concurrency"] = None
    return physical_id, attributes


def _version(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Return the qualified ARN, both as Ref and as FunctionArn ("AWS::Lambda::Version", return values)."""
    return physical_id, {**attributes, "FunctionArn": physical_id}


MENDS = {
    "AWS::Lambda::Function": Mend(prepared=_prepared, made=_made),
    "AWS::Lambda::Version": Mend(made=_version),
}
"""The types that this module mends."""
