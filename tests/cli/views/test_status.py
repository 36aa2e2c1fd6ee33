"""The status as text and JSON."""

from __future__ import annotations

import json

from petc.cli.views import status as status_view
from petc.deploy.operations.status import RunningOperation, StageStatus, status
from petc.deploy.targets import Target, product
from petc.output.render import render_json
from petc.report.columns import cell_width
from tests.deploy.operations.wanting import HERE, deployed, layer, observed, template, wanted

TEXT = template(outputs={"SiteUrl": {"Value": "x"}})


def shown(reason: str = "", outputs: str = "https://shop.example") -> StageStatus:
    one = deployed(
        HERE,
        TEXT,
        "OUTDATED" if reason else "CURRENT",
        reason=reason,
        outputs={"SiteUrl": outputs},
        stack_id="s",
    )
    return status(wanted(layer("01-net", TEXT)), observed({"01-net": [one]}), {"s": 1700000000.0})


def test_a_stage_that_stands_is_said_in_the_first_line() -> None:
    assert status_view.text(shown(), 100).splitlines()[0] == (
        "shop dev  is deployed in 123456789012/us-west-2 and matches generated/ (abcdef012345)"
    )


def test_a_layer_shows_since_when_and_the_outputs_follow() -> None:
    assert status_view.text(shown(), 100).splitlines()[2:] == [
        "  01-net  current  CREATE_COMPLETE  2023-11-14 22:13  as generated",
        "",
        "  SiteUrl  https://shop.example",
    ]


def test_a_reason_is_wrapped_on_a_narrow_terminal() -> None:
    text = status_view.text(
        shown("Resource handler returned message: 이름이 이미 있습니다 and more of it"), 80
    )

    assert "이름이" in text
    assert max(map(cell_width, text.splitlines()[1:])) <= 90


def test_one_target_of_many_stands_by_itself() -> None:
    targets = product(["111111111111", "222222222222"], ["a-1", "b-1"])
    stands = [deployed(target, TEXT) for target in targets[1:]]
    found = status(wanted(layer("01-net", TEXT), targets=targets), observed({"01-net": stands}))
    lines = status_view.text(found, 120).splitlines()

    assert "absent" in lines[2] and "111111111111/a-1" in lines[2]
    assert "3 targets" in lines[3]


def test_a_running_operation_says_whose_it_is() -> None:
    busy = observed({"01-net": [deployed(HERE, TEXT)]}, busy="petc-1")
    found = status(
        wanted(layer("01-net", TEXT)),
        busy,
        {},
        {"shop-dev-01-net": RunningOperation("petc-1", "UPDATE", 0.0)},
    )

    assert "operation petc-1 (update) runs; petc began it" in status_view.text(found, 200)


def test_json_lists_each_target() -> None:
    found = json.loads(render_json(status_view.as_json(shown())))

    assert found["layers"][0]["targets"]["123456789012/us-west-2"]["as_generated"] is True
    assert found["outputs"][0]["values"] == {"123456789012/us-west-2": "https://shop.example"}
    assert found["layers"][0]["targets"]["123456789012/us-west-2"]["changed"] == "2023-11-14T22:13:20+00:00"


def test_many_values_of_an_output_are_cut() -> None:
    targets = tuple(Target(f"{number:012}", "a-1") for number in range(9))
    stands = [deployed(target, TEXT, outputs={"SiteUrl": f"https://{target.account}"}) for target in targets]
    found = status(wanted(layer("01-net", TEXT), targets=targets), observed({"01-net": stands}))

    assert "and 3 more values" in status_view.text(found, 120)


def test_units_without_accounts_are_no_place_where_a_stage_could_stand() -> None:
    found = status(wanted(layer("01-net", TEXT), targets=()), observed({}))

    assert status_view.text(found, 100).splitlines()[0] == (
        "shop dev  has no target: no account is in its organizational units"
    )
