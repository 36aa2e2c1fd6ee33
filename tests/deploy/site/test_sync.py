"""A site reaches its bucket and is forgotten by its distribution, on the local AWS."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from petc.deploy.aws.connection import Connection
from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.site.objects import read
from petc.deploy.site.sync import Synchronised, synchronise
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from petc.model.types import Operations
from tests import specs
from tests.petc_local.running import LocalAws

NAME = "shop-dev-11-frontend"


class Site:
    """A folder, a bucket, a distribution, and what the outputs of their stack say."""

    def __init__(self, aws: LocalAws, connection: Connection, folder: Path) -> None:
        self.aws, self.connection, self.folder = aws, connection, folder
        self.bucket = f"site-{aws.account}"
        self.notes = f"petc-artifacts-{aws.account}-{aws.region}"
        for name in (self.bucket, self.notes):
            place = {"LocationConstraint": aws.region}
            aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)
        self.distribution = distribution(aws, self.bucket)
        self.write("index.html", "one")
        self.write("app.js", "one")

    def write(self, name: str, text: str) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def synchronise(self) -> Synchronised:
        target = Target(self.aws.account, self.aws.region)
        layer = WantedLayer("frontend", "11-frontend", NAME, "", "", (), (), {})
        wanted = DesiredState(
            spec="shop",
            stage="dev",
            root="",
            layers=(layer,),
            targets=(target,),
            engine="stack-sets",
            templates="bucket",
            home=self.aws.region,
            administrator=self.aws.account,
            organizational_units=(),
            call_as="self",
            operations=Operations(0, 1, "strict", "sequential", ()),
            tags={},
            buckets={self.aws.region: self.notes},
            protected=False,
        )
        outputs = {"SiteBucket": self.bucket, "DistributionId": self.distribution}
        deployed = Deployed(target, CURRENT, stack_id="id", outputs=outputs)
        seen = Observed(
            self.aws.account, MappingProxyType({NAME: ObservedLayer(NAME, deployed={target: deployed})})
        )
        front = specs.reference("dev").frontend
        assert front
        (found,) = synchronise(self.connection, front, read(self.folder), wanted, seen)
        return found

    def keys(self) -> list[str]:
        answer = self.aws.client("s3").list_objects_v2(Bucket=self.bucket)
        return [item["Key"] for item in answer.get("Contents", ())]

    def get(self, key: str) -> Any:
        return self.aws.client("s3").get_object(Bucket=self.bucket, Key=key)

    def invalidated(self) -> list[list[str]]:
        """Return the paths of each invalidation but for the one of the first time, which takes all."""
        client = self.aws.client("cloudfront")
        found = client.list_invalidations(DistributionId=self.distribution)["InvalidationList"]
        ids = [item["Id"] for item in found.get("Items", ())]
        batches = (
            client.get_invalidation(DistributionId=self.distribution, Id=one)["Invalidation"] for one in ids
        )
        every = [batch["InvalidationBatch"]["Paths"]["Items"] for batch in batches]
        every.remove(["/*"])
        return every


def distribution(aws: LocalAws, bucket: str) -> str:
    origin = {
        "Id": "files",
        "DomainName": f"{bucket}.s3.{aws.region}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": bucket,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "files", "ViewerProtocolPolicy": "https-only"},
        }
    )
    return str(made["Distribution"]["Id"])


@pytest.fixture
def site(aws: LocalAws, connection: Connection, tmp_path: Path) -> Site:
    return Site(aws, connection, tmp_path / "site")


def test_files_arrive_with_type_and_cache_header_and_the_configuration(site: Site) -> None:
    done = site.synchronise()
    page, settings = site.get("index.html"), site.get("config.json")

    assert site.keys() == ["app.js", "config.json", "index.html"]
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    assert json.loads(settings["Body"].read()) == {"api": ""}
    assert (done.written, done.removed, done.invalidated) == (3, 0, ("/*",))


def test_an_unchanged_site_costs_one_call(site: Site) -> None:
    site.synchronise()
    site.aws.faults.forget_calls()
    done = site.synchronise()

    assert done.unchanged
    assert site.aws.faults.calls() == {"s3:GetObject": 1}


def test_only_what_changed_moves_and_is_invalidated(site: Site) -> None:
    site.write("old.css", "one")
    site.synchronise()
    site.write("app.js", "two")
    site.write("new.css", "one")
    (site.folder / "old.css").unlink()
    done = site.synchronise()

    assert (done.written, done.removed) == (2, 1)
    assert site.keys() == ["app.js", "config.json", "index.html", "new.css"]
    assert site.invalidated() == [["/app.js", "/old.css"]]


def test_going_back_and_forth_invalidates_each_time(site: Site) -> None:
    for text in ("one", "two", "one", "two"):
        site.write("app.js", text)
        site.synchronise()

    assert site.invalidated() == [["/app.js"]] * 3


@pytest.mark.parametrize(
    ("action", "skip"),
    [("PutObject", 1), ("PutObject", 2), ("DeleteObjects", 0), ("CreateInvalidation", 0), ("PutObject", 3)],
)
def test_a_run_that_broke_off_anywhere_is_completed_by_the_next(site: Site, action: str, skip: int) -> None:
    site.write("old.css", "one")
    site.synchronise()
    site.write("app.js", "two")
    site.write("index.html", "two")
    (site.folder / "old.css").unlink()
    service = "cloudfront" if action == "CreateInvalidation" else "s3"
    site.aws.faults.error("Teapot", status=418, service=service, action=action, skip=skip)
    with pytest.raises(Rejected):
        site.synchronise()
    site.write("index.html", "three")
    site.synchronise()

    assert site.keys() == ["app.js", "config.json", "index.html"]
    assert site.get("index.html")["Body"].read() == b"three"
    assert ["/*"] in site.invalidated()
    assert site.synchronise().unchanged


def test_a_file_that_changes_meanwhile_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    files = read(site.folder)
    site.write("app.js", "other")
    monkeypatch.setattr("tests.deploy.site.test_sync.read", lambda folder: files)
    with pytest.raises(Rejected) as caught:
        site.synchronise()

    assert [item.code for item in caught.value.diagnostics] == ["site-changed"]


def test_many_files_are_deleted(site: Site) -> None:
    for number in range(30):
        site.write(f"{number}.css", "x")
    site.synchronise()
    for number in range(30):
        (site.folder / f"{number}.css").unlink()
    done = site.synchronise()

    assert (done.removed, done.invalidated) == (30, ("/*",))
    assert site.keys() == ["app.js", "config.json", "index.html"]
