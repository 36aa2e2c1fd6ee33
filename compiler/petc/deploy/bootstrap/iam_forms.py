"""Roles, policies and the templates around them, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from petc.deploy.bootstrap import consumers
from petc.deploy.bootstrap.consumers import Served
from petc.source.tree import Json

KEPT: Mapping[str, Json] = MappingProxyType(
    {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
)
"""The attributes of a resource that stays when its stack goes, but not when the creation of the stack fails: it would
be in the way of the next one. CloudFormation Template Reference, "DeletionPolicy attribute"."""


def role(
    name: str,
    description: str,
    trust: Json,
    inline: Mapping[str, Sequence[Json]],
    boundary: Json = None,
) -> dict[str, Json]:
    """Return a role by its name; `trust` is its trust policy, `inline` the statements of its own policies."""
    properties: dict[str, Json] = {
        "RoleName": name,
        "Description": description,
        "AssumeRolePolicyDocument": trust,
        "MaxSessionDuration": 3600,
    }
    if boundary:
        properties["PermissionsBoundary"] = boundary
    if inline:
        properties["Policies"] = [
            {"PolicyName": key, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(value)}}
            for key, value in inline.items()
        ]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def managed(name: str, description: str, statements: Sequence[Json] | Mapping[str, Json]) -> dict[str, Json]:
    """Return a managed policy by its name."""
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": name,
            "Description": description,
            "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
        },
    }


def trust(principal: Json, condition: Mapping[str, Json]) -> Json:
    """Return the trust policy that lets one principal take a role, on a condition or without."""
    statement: dict[str, Json] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {
        "Version": "2012-10-17",
        "Statement": [statement | ({"Condition": dict(condition)} if condition else {})],
    }


def service(name: str) -> Json:
    """Return the principal of an AWS service."""
    return {"Service": f"{name}.amazonaws.com"}


def root(account: str) -> Json:
    """Return the principal of an account."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:root"}


def role_arn(account: str, role: str) -> Json:
    """Return the ARN of a role in an account; `*` stands for any account."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:role/{role}"}


def substituted(value: Json) -> Json:
    """Return the value with `Fn::Sub` around each text that holds a pseudo parameter."""
    if isinstance(value, dict):
        return {key: substituted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [substituted(item) for item in value]
    if isinstance(value, str) and "${AWS::" in value:
        return {"Fn::Sub": value}
    return value


def template(description: str, resources: Mapping[str, Json], served: Served | None) -> dict[str, Json]:
    """Return a template; its metadata say for whom it was made, where that counts."""
    found: dict[str, Json] = {"AWSTemplateFormatVersion": "2010-09-09", "Description": f"{description}."}
    if served is not None:
        found["Metadata"] = dict(consumers.noted(served))
    found["Resources"] = dict(resources)
    return found
