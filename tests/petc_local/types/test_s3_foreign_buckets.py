from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.running import LocalAws, fresh

TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def shelf(aws: LocalAws, name: str, reader: str) -> str:
    """Return the URL of a template in a bucket which an account may read."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{reader}:root"]},
        "Action": "s3:GetObject",
        "Resource": [f"arn:aws:s3:::{name}/*"],
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3.put_object(Bucket=name, Key="topic.json", Body=TEMPLATE.encode())
    return f"{aws.endpoint}/{name}/topic.json"


def test_a_template_is_read_from_a_bucket_that_admits_the_account(aws: LocalAws) -> None:
    owner, reader = fresh(aws), fresh(aws)
    url = shelf(owner, f"shelf-{owner.account}", reader.account)
    made = reader.client("cloudformation").create_stack(StackName="probe", TemplateURL=url)

    assert f":{reader.account}:stack/probe/" in made["StackId"]


def test_a_bucket_that_does_not_admit_the_account_is_closed_to_it(aws: LocalAws) -> None:
    owner, reader = fresh(aws), fresh(aws)
    url = shelf(owner, f"shelf-{owner.account}", "999988887777")
    client = reader.client("cloudformation")

    with pytest.raises(ClientError, match="Template not found"):
        client.create_stack(StackName="probe", TemplateURL=url)
