"""What happened, joined."""

from __future__ import annotations

import pytest

from petc.deploy.operations.event_log import Happening, as_json, beginning, joined, text
from petc.report.columns import cell_width
from tests.deploy.operations.wanting import HERE


def at(time: float, status: str, what: str = "Vpc", reason: str = "", stem: str = "01-network") -> Happening:
    return Happening(time, stem, HERE, what, "AWS::EC2::VPC", status, reason)


def test_the_newest_failure_comes_first() -> None:
    found = joined([at(1, "CREATE_FAILED"), at(2, "CREATE_COMPLETE"), at(3, "CREATE_FAILED", "Subnet")])

    assert [item.what for item in found] == ["Subnet", "Vpc", "Vpc"]
    assert [item.status for item in found][-1] == "CREATE_COMPLETE"


def test_what_stopped_for_another_resource_is_no_failure() -> None:
    assert not at(1, "CREATE_FAILED", reason="Resource creation cancelled").is_failure
    assert at(1, "CREATE_FAILED", reason="Quota exceeded").is_failure


def test_failures_alone() -> None:
    assert len(joined([at(1, "CREATE_FAILED"), at(2, "CREATE_COMPLETE")], failures=True)) == 1


@pytest.mark.parametrize("layer", ["01-network", "network"])
def test_a_layer_goes_by_stem_or_name(layer: str) -> None:
    found = joined([at(1, "CREATE_COMPLETE"), at(1, "CREATE_COMPLETE", stem="02-security")], layers=[layer])

    assert [item.stem for item in found] == ["01-network"]


def test_what_happened_before_is_left_out() -> None:
    assert joined([at(1, "CREATE_FAILED")], since=2) == ()


@pytest.mark.parametrize(
    ("asked", "moment"),
    [("30m", 98200.0), ("2h", 92800.0), ("1d", 13600.0), ("1970-01-02T00:00", 86400.0)],
)
def test_a_beginning_is_an_age_or_a_time(asked: str, moment: float) -> None:
    assert beginning(asked, 100000.0) == moment


def test_another_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        beginning("yesterday", 0.0)


def test_a_long_reason_goes_on_below_itself() -> None:
    lines = text([at(1, "CREATE_FAILED", reason="이 이름은 이미 쓰이고 있습니다 " * 4)], 100, 10).splitlines()

    assert len(lines) > 1
    assert max(map(cell_width, lines)) <= 100


def test_what_does_not_fit_is_counted() -> None:
    assert text([at(1, "X"), at(2, "Y")], 100, 1).endswith("and 1 more; --all shows them")


def test_json_says_what_is_a_failure() -> None:
    (found,) = as_json([at(0, "CREATE_FAILED")])  # type: ignore[misc,str-unpack]

    assert found["failure"] is True  # type: ignore[index,call-overload]
    assert found["time"] == "1970-01-01T00:00:00+00:00"  # type: ignore[index,call-overload]
