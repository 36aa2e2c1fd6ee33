"""Plans walked against the local AWS: what runs, in which order, and what is said when it does not end well."""

from __future__ import annotations

from petc.deploy.engine import State
from petc.deploy.run.execute import execute
from petc.deploy.run.listener import Event
from petc.deploy.wanted import Wanted
from tests.deploy.run.small import engine, observed, planned, value_of, wanted
from tests.local.running import LocalAws


class Unrecorded:
    def began(self, operation: str) -> None: ...

    def ended(self, operation: str, state: State) -> None: ...


def deploy(stage: Wanted, token: str = "t1") -> list[Event]:
    by = engine(stage)
    told: list[Event] = []
    execute(planned(stage, observed(stage, by)), by, token, Unrecorded(), told.append)
    return told


def test_three_layers_come_to_stand_and_a_second_look_finds_nothing_to_do(aws: LocalAws) -> None:
    stage = wanted(aws.account, {"base": "1", "middle": "2", "top": "3"})

    deploy(stage)

    assert value_of(aws, "top") == "3+middle"
    assert planned(stage, observed(stage, engine(stage))).is_empty
