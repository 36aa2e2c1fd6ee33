"""Templates on their way: in the call or by the bucket, once, and never too large."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from petc.deploy.aws import call_settings
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.template_transport import BUCKET_BYTES, INLINE_BYTES, Templates, check
from petc.deploy.desired import bootstrap_bucket
from petc.diagnostics import Rejected
from tests.deploy.execute.small import template, wanted
from tests.petc_local.running import LocalAws

DIGEST = hashlib.sha256(b"text").hexdigest()
KEY = f"small/dev/templates/{DIGEST}.yaml"


def made(aws: LocalAws, *, bucket: bool) -> Templates:
    stage = wanted(aws.account, {"base": "1"}, templates="bucket")
    if bucket:
        place = {"LocationConstraint": aws.region}
        aws.client("s3").create_bucket(Bucket=stage.buckets[aws.region], CreateBucketConfiguration=place)
    return Templates(Connection(aws.region), call_settings.of(stage))


@pytest.mark.parametrize(("inline", "limit"), [(True, INLINE_BYTES), (False, BUCKET_BYTES)])
def test_the_limit_itself_is_allowed_and_a_byte_more_is_not(inline: bool, limit: int) -> None:
    check("base", "x" * limit, inline=inline)

    with pytest.raises(Rejected, match=f"{limit + 1:,}") as caught:
        check("base", "x" * (limit + 1), inline=inline)

    assert caught.value.diagnostics[0].pointer == "/targets/templates"


def test_bytes_count_and_not_letters() -> None:
    with pytest.raises(Rejected):
        check("base", "ä" * (INLINE_BYTES // 2 + 1), inline=True)


def test_inline_templates_need_no_bucket(aws: LocalAws) -> None:
    bucketless = made(aws, bucket=False)
    inline = replace(bucketless, settings=replace(bucketless.settings, templates="inline"))

    assert inline.location("base", DIGEST, "text", aws.region) == {"TemplateBody": "text"}


def test_a_template_is_put_into_the_bucket_once(aws: LocalAws) -> None:
    templates = made(aws, bucket=True)
    aws.faults.forget_calls()

    first = templates.location("base", DIGEST, "text", aws.region)
    again = Templates(templates.connection, templates.settings).location("base", DIGEST, "text", aws.region)

    assert first == again
    assert first["TemplateURL"].endswith(f"/{KEY}")
    assert aws.faults.calls()["s3:PutObject"] == 1


def test_a_bucket_that_may_not_be_listed_is_written_to_all_the_same(aws: LocalAws) -> None:
    templates = made(aws, bucket=True)
    aws.faults.error("403", action="HeadObject", service="s3", status=403)

    templates.location("base", DIGEST, "text", aws.region)

    bucket = templates.settings.buckets[aws.region]
    assert aws.client("s3").get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"text"


def test_the_bucket_of_bootstrap_has_to_be_ours_for_stacks_are_made_of_what_lies_there(aws: LocalAws) -> None:
    """AWS denies a call whose expected owner is another one; the local AWS has to be told to."""
    templates = made(aws, bucket=True)
    region = aws.region
    own = replace(
        templates.settings, buckets={region: bootstrap_bucket(templates.connection.account, region)}
    )
    for action in ("HeadObject", "PutObject"):
        aws.faults.error("AccessDenied", status=403, service="s3", action=action)

    with pytest.raises(Rejected) as caught:
        Templates(templates.connection, own).location("base", DIGEST, "text", region)

    assert [item.code for item in caught.value.diagnostics] == ["artifact-bucket-foreign"]


def test_a_template_that_somebody_changed_in_the_bucket_is_not_used(aws: LocalAws) -> None:
    templates = made(aws, bucket=True)
    bucket = templates.settings.buckets[aws.region]
    aws.client("s3").put_object(Bucket=bucket, Key=KEY, Body=b"other")

    with pytest.raises(Rejected) as caught:
        templates.location("base", DIGEST, "text", aws.region)

    assert [item.code for item in caught.value.diagnostics] == ["package-differs"]


def versioned(aws: LocalAws) -> Templates:
    templates = made(aws, bucket=True)
    aws.client("s3").put_bucket_versioning(
        Bucket=templates.settings.buckets[aws.region], VersioningConfiguration={"Status": "Enabled"}
    )
    return templates


def test_cloudformation_is_given_the_version_whose_bytes_were_verified(aws: LocalAws) -> None:
    templates = versioned(aws)
    bucket, s3 = templates.settings.buckets[aws.region], aws.client("s3")

    told = templates.location("base", DIGEST, "text", aws.region)["TemplateURL"]
    version = s3.head_object(Bucket=bucket, Key=KEY)["VersionId"]
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"evil")
    later = templates.location("base", DIGEST, "text", aws.region)["TemplateURL"]

    assert told.endswith(f"/{KEY}?versionId={version}")
    assert later == told


def test_the_local_cloudformation_reads_that_version(aws: LocalAws) -> None:
    templates = versioned(aws)
    text = template("other", "base", "1")
    digest = hashlib.sha256(text.encode()).hexdigest()
    told = templates.location("base", digest, text, aws.region)
    key = f"small/dev/templates/{digest}.yaml"
    evil = template("other", "base", "evil").encode()
    aws.client("s3").put_object(Bucket=templates.settings.buckets[aws.region], Key=key, Body=evil)
    client = aws.client("cloudformation")

    client.create_stack_set(StackSetName="of-version", **told)
    client.create_stack(StackName="of-version", **told)

    assert client.describe_stack_set(StackSetName="of-version")["StackSet"]["TemplateBody"] == text
    assert "evil" not in str(client.get_template(StackName="of-version")["TemplateBody"])


def test_without_versions_the_bytes_are_verified_before_each_use(aws: LocalAws) -> None:
    templates = made(aws, bucket=True)
    bucket = templates.settings.buckets[aws.region]
    told = templates.location("base", DIGEST, "text", aws.region)["TemplateURL"]
    aws.client("s3").put_object(Bucket=bucket, Key=KEY, Body=b"evil")

    with pytest.raises(Rejected) as caught:
        templates.location("base", DIGEST, "text", aws.region)

    assert "versionId" not in told
    assert [item.code for item in caught.value.diagnostics] == ["package-differs"]
