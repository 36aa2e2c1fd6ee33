from __future__ import annotations

import json
from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import HANDLER, att, create, ref, resource, update, zipped
from tests.petc_local.types.networking import group, network

ROLE = "arn:aws:iam::123456789012:role/function"


def function(aws: LocalAws, key: str = "code.zip", **properties: Any) -> dict[str, Any]:
    bucket = f"code-{aws.account}"
    s3 = aws.client("s3")
    if bucket not in {held["Name"] for held in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})
        s3.put_object(Bucket=bucket, Key="code.zip", Body=zipped({"handler.py": HANDLER}))
    return resource(
        "AWS::Lambda::Function",
        Code={"S3Bucket": bucket, "S3Key": key},
        Handler="handler.handler",
        Runtime="python3.12",
        Role=ROLE,
        **properties,
    )


def test_a_function_runs(aws: LocalAws) -> None:
    made = create(aws, {"Function": function(aws)})
    answer = aws.client("lambda").invoke(FunctionName=made.ids["Function"], Payload=b"{}")

    assert json.loads(answer["Payload"].read()) == {"statusCode": 200, "body": "hello"}


def test_code_that_is_not_there_is_refused(aws: LocalAws) -> None:
    made = create(aws, {"Function": function(aws, key="nowhere.zip")})

    assert made.status == "ROLLBACK_COMPLETE"
    assert "NoSuchKey" in made.reasons[0]


def test_settings_are_shown_and_change_in_place(aws: LocalAws) -> None:
    inside = {"SubnetIds": [ref("SubnetA")], "SecurityGroupIds": [ref("Group")]}
    around = {**network(), "Group": group("function")}
    first = function(aws, VpcConfig=inside, KmsKeyArn="arn:key/one", ReservedConcurrentExecutions=4)
    second = function(aws, VpcConfig=inside, KmsKeyArn="arn:key/two")
    made = create(aws, {**around, "Function": first})
    client, name = aws.client("lambda"), made.ids["Function"]
    before = client.get_function(FunctionName=name)
    update(aws, {**around, "Function": second})
    after = client.get_function(FunctionName=name)

    assert before["Configuration"]["VpcConfig"]["SubnetIds"] == [made.ids["SubnetA"]]
    assert before["Concurrency"] == {"ReservedConcurrentExecutions": 4}
    assert before["Configuration"]["KMSKeyArn"] == "arn:key/one"
    assert after["Configuration"]["KMSKeyArn"] == "arn:key/two"
    assert "Concurrency" not in after


def test_a_version_gives_its_arn(aws: LocalAws) -> None:
    version = resource("AWS::Lambda::Version", FunctionName=ref("Function"))
    made = create(
        aws, {"Function": function(aws), "Version": version}, outputs={"Arn": att("Version", "FunctionArn")}
    )

    assert made.outputs["Arn"] == f"arn:aws:lambda:us-west-2:{aws.account}:function:{made.ids['Function']}:1"
