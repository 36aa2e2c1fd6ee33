"""Stacks for tests: made, changed and taken away on the local AWS, each call waiting for its end."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.petc_local.running import LocalAws

ROOT = Path(__file__).parents[3]
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
HANDLER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "hello"}\n'


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack at the end of a call: status, outputs, physical ids by logical id, reasons of what failed."""

    stack_id: str
    status: str
    outputs: Mapping[str, str]
    ids: Mapping[str, str]
    reasons: tuple[str, ...] = field(repr=False)


def create(aws: LocalAws, resources: Mapping[str, Any], name: str = "probe", **sections: Any) -> Deployed:
    """Create a stack of these resources. `outputs` are values by name, `exports` names by output."""
    client = aws.client("cloudformation")
    made = client.create_stack(
        StackName=name,
        TemplateBody=_body(resources, sections),
        Capabilities=CAPABILITIES,
        Tags=_tags(sections),
        Parameters=_parameters(sections),
    )
    return _ended(client, made["StackId"])


def update(aws: LocalAws, resources: Mapping[str, Any], name: str = "probe", **sections: Any) -> Deployed:
    client = aws.client("cloudformation")
    seen = len(events(aws, name))
    changed = client.update_stack(
        StackName=name,
        TemplateBody=_body(resources, sections),
        Capabilities=CAPABILITIES,
        Tags=_tags(sections),
        Parameters=_parameters(sections),
    )
    return _ended(client, changed["StackId"], seen)


def delete(aws: LocalAws, name: str = "probe") -> Deployed:
    client = aws.client("cloudformation")
    stack_id = client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    seen = len(events(aws, stack_id))
    client.delete_stack(StackName=name)
    return _ended(client, stack_id, seen)


def events(aws: LocalAws, name: str) -> list[dict[str, Any]]:
    """Return all events of a stack, oldest first."""
    return _events(aws.client("cloudformation"), name)


def deploy_stage(aws: LocalAws, stage: str) -> dict[str, Deployed]:
    """Create the stack of every layer of a reference stage, in the order of its manifest, by layer name."""
    folder = ROOT / "generated" / stage
    layers = json.loads((folder / "manifest.json").read_text("utf-8"))["layers"]
    s3, client = aws.client("s3"), aws.client("cloudformation")
    bucket = f"artifacts-{aws.account}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})
    values = {
        "ArtifactBucket": bucket,
        "Certificate": aws.client("acm").request_certificate(DomainName="lb.example.com")["CertificateArn"],
        "HostedZone": aws.client("route53")
        .create_hosted_zone(Name="example.com", CallerReference=aws.account)["HostedZone"]["Id"]
        .rpartition("/")[2],
    }
    found = {}
    for layer in layers:
        for asset in layer["assets"]:
            s3.put_object(Bucket=bucket, Key=asset["key"], Body=zipped({"handler.py": HANDLER}))
        text = (folder / layer["file"]).read_text("utf-8")
        wanted = yaml.load(text, Loader=yaml.CSafeLoader).get("Parameters", {})
        s3.put_object(Bucket=bucket, Key=layer["file"], Body=text.encode())
        made = client.create_stack(
            StackName=stack_name(layer["name"]),
            TemplateURL=f"{aws.endpoint}/{bucket}/{layer['file']}",
            Capabilities=CAPABILITIES,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": values[key]} for key in wanted if key in values
            ],
        )
        found[layer["name"]] = _ended(client, made["StackId"])
    return found


def stack_name(layer: str) -> str:
    return f"layer-{layer.replace('_', '-')}"


def zipped(files: Mapping[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return written.getvalue()


def resource(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def ref(logical_id: str) -> dict[str, str]:
    return {"Ref": logical_id}


def att(logical_id: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def _body(resources: Mapping[str, Any], sections: Mapping[str, Any]) -> str:
    exports = sections.get("exports", {})
    outputs = {
        name: {"Value": value} | ({"Export": {"Name": exports[name]}} if name in exports else {})
        for name, value in sections.get("outputs", {}).items()
    }
    declared = {name: {"Type": "String"} for name in sections.get("parameters", {})}
    return json.dumps({"Resources": resources, "Outputs": outputs, "Parameters": declared})


def _tags(sections: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sections.get("tags", {}).items()]


def _parameters(sections: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"ParameterKey": key, "ParameterValue": value}
        for key, value in sections.get("parameters", {}).items()
    ]


def _ended(client: Any, stack_id: str, seen: int = 0) -> Deployed:
    until = time.monotonic() + 60
    while (stack := client.describe_stacks(StackName=stack_id)["Stacks"][0])["StackStatus"].endswith(
        "_IN_PROGRESS"
    ):
        assert time.monotonic() < until, f"{stack_id} is still {stack['StackStatus']}"
        time.sleep(0.02)
    told = _events(client, stack_id)[seen:]
    ids = {
        event["LogicalResourceId"]: event["PhysicalResourceId"]
        for event in told
        if event.get("PhysicalResourceId")
    }
    return Deployed(
        stack_id,
        stack["StackStatus"],
        {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())},
        ids,
        tuple(
            event.get("ResourceStatusReason", "")
            for event in told
            if event["ResourceStatus"].endswith("_FAILED")
        ),
    )


def _events(client: Any, name: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_stack_events").paginate(StackName=name)
    return [event for page in pages for event in page["StackEvents"]][::-1]
