"""What a deployment says when it is done."""

from __future__ import annotations

from petc.cli.views.deployment import addresses
from petc.deploy.operations.status import Output
from petc.deploy.targets import product


def test_addresses_of_many_targets_are_shown_in_part_and_the_rest_is_counted() -> None:
    values = {target: f"https://{target.region}" for target in product(("1", "2", "3"), ("a", "b"))}
    lines = tuple(addresses((Output("api", "Url", "", values),), "", 100))

    assert len(lines) == 5
    assert lines[-1].strip() == "and 2 more, which petc status shows"
