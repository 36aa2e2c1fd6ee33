"""The way from what lies in a bucket to a site's files, and where a site stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.site.inventory import MANY, Inventory, SitePlace, changes, paths, places, with_configuration
from petc.deploy.site.objects import SiteFile, made
from petc.deploy.targets import Target
from petc.model.types import Operations
from tests import specs

TARGET = Target("123456789012", "us-west-2")
OTHER = Target("123456789012", "us-east-2")


def site(**contents: str) -> tuple[SiteFile, ...]:
    """Return files; an underscore in a name stands for its dot."""
    return tuple(made(name.replace("_", "."), text.encode()) for name, text in contents.items())


def after(files: tuple[SiteFile, ...]) -> Inventory:
    return changes(files, "bucket", None).after


def test_without_a_note_everything_is_uploaded_and_invalidated_for_it_may_have_been_lost() -> None:
    found = changes(site(index_html="1", app_js="1"), "bucket", None)

    assert [file.key for file in found.uploads] == ["app.js", "index.html"]
    assert (found.deletions, found.paths) == ((), ("/*",))


def test_an_unchanged_site_changes_nothing() -> None:
    files = site(index_html="1", app_js="1")

    assert changes(files, "bucket", after(files)).is_empty


def test_only_what_changed_is_uploaded_and_only_what_lay_there_is_invalidated() -> None:
    old = after(site(index_html="1", app_js="1", old_js="1"))
    found = changes(site(index_html="2", app_js="1", new_js="1"), "bucket", old)

    assert [file.key for file in found.uploads] == ["new.js", "index.html"]
    assert found.deletions == ("old.js",)
    assert found.paths == ("/", "/index.html", "/old.js")


def test_a_header_that_changed_is_uploaded_again() -> None:
    old = after((made("a.json", b"{}"),))

    assert changes((made("a.json", b"{}", "no-cache"),), "bucket", old).uploads


def test_pages_come_last_and_the_configuration_before_them() -> None:
    found = changes(site(a_html="1", z_css="1", config_json="1"), "bucket", None)

    assert [file.key for file in found.uploads] == ["z.css", "config.json", "a.html"]


def test_a_stack_that_was_made_anew_has_an_empty_bucket() -> None:
    files = site(index_html="1")
    found = changes(files, "another", after(files))

    assert [file.key for file in found.uploads] == ["index.html"]
    assert found.deletions == ()


def test_after_a_run_that_was_killed_everything_is_written_and_what_it_left_is_taken_away() -> None:
    old = after(site(index_html="1", old_js="1"))
    killed = changes(site(index_html="2", lost_js="1"), "bucket", old).before
    found = changes(site(index_html="3"), "bucket", killed)

    assert [file.key for file in found.uploads] == ["index.html"]
    assert found.deletions == ("lost.js", "old.js")
    assert found.paths == ("/*",)


def test_no_two_runs_bear_one_revision() -> None:
    one, two = site(index_html="1"), site(index_html="2")
    first = changes(one, "bucket", None)
    second = changes(two, "bucket", first.after)
    third = changes(one, "bucket", second.after)

    assert [item.after.revision for item in (first, second, third)] == [1, 2, 3]


def test_an_inventory_is_what_was_written() -> None:
    written = after(site(index_html="1"))

    assert Inventory.from_bytes(written.to_bytes()) == written


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"form": 2}', b"\xff", b'{"form": 1, "files": 3}'])
def test_what_is_no_inventory_counts_as_none(content: bytes) -> None:
    assert Inventory.from_bytes(content) is None


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("app.js", "/app.js"),
        ("a b.js", "/a%20b.js"),
        ("ä.js", "/%C3%A4.js"),
        ("a(1)!.js", "/a(1)!.js"),
        ("100%.js", "/100%25.js"),
        ("a*.js", "/*"),
    ],
)
def test_paths_are_spelled_as_cloudfront_does(key: str, path: str) -> None:
    assert paths([key]) == (path,)


def test_many_paths_are_one_wildcard() -> None:
    keys = [f"{number}.js" for number in range(MANY + 1)]

    assert len(paths(keys[:MANY])) == MANY
    assert paths(keys) == ("/*",)


def configuration(api: str) -> object:
    (file,) = with_configuration((), SitePlace(TARGET, "bucket", "E1", api))
    assert isinstance(file.source, bytes)
    return json.loads(file.source)


def test_the_configuration_names_the_api_and_takes_the_place_of_the_folder_s_own() -> None:
    found = with_configuration(site(config_json="mine", app_js="1"), SitePlace(TARGET, "bucket", "E1", ""))

    assert [file.key for file in found] == ["app.js", "config.json"]
    assert found[1].cache_control == "no-cache"
    assert configuration("https://api.example.com/v1") == {"api": "https://api.example.com/v1"}


def layer(name: str, stem: str) -> WantedLayer:
    return WantedLayer(name, stem, f"shop-dev-{stem}", "", "", (), (), {})


def wanted(*layers: WantedLayer) -> DesiredState:
    return DesiredState(
        spec="shop",
        stage="dev",
        root="",
        layers=layers,
        targets=(OTHER, TARGET),
        engine="stack-sets",
        templates="bucket",
        home="us-west-2",
        administrator="123456789012",
        organizational_units=(),
        call_as="self",
        operations=Operations(0, 1, "strict", "sequential", ()),
        tags={},
        buckets={},
        protected=False,
    )


def observed(**outputs: Mapping[str, str]) -> Observed:
    return Observed(
        "123456789012",
        MappingProxyType(
            {
                f"shop-dev-{stem}": ObservedLayer(
                    f"shop-dev-{stem}",
                    deployed={TARGET: Deployed(TARGET, CURRENT, stack_id="id", outputs=found)},
                )
                for stem, found in outputs.items()
            }
        ),
    )


STAGE = wanted(layer("frontend", "front"), layer("api_gateway", "api"))
OUTPUTS = {"SiteBucket": "files", "DistributionId": "E1"}


@pytest.mark.parametrize(("api", "address"), [("same-origin", ""), ("direct", "https://x/v1")])
def test_a_site_stands_where_its_layer_does_and_finds_the_api_as_the_spec_says(
    api: str, address: str
) -> None:
    stage = specs.stage_of(specs.REFERENCE.read_text("utf-8").replace("api: same-origin", f"api: {api}"))
    assert stage.frontend
    seen = observed(front=OUTPUTS, api={"ApiUrl": "https://x/v1"})

    assert places(stage.frontend, STAGE, seen) == (SitePlace(TARGET, "files", "E1", address),)


def test_a_stage_without_the_layer_has_no_site() -> None:
    front = specs.reference("dev").frontend
    assert front

    assert places(front, wanted(), observed()) == ()
    assert places(front, STAGE, observed()) == ()
