"""A rotation event rolls exactly the holders of the secret, once, and the outcome is notified."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from credential_refresh import handler, rolls
from shared import settings, shapes
from tests.lambda_src.endpoints import Invocation, LocalAws
from tests.lambda_src.events import relabelled

SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:rds!cluster-1"
CLUSTER = "arn:aws:ecs:us-west-2:123456789012:cluster/petclinic-dev"
ROTATED = datetime.now(UTC) - timedelta(seconds=30)


def event(secret: str = SECRET, name: str = "RotationSucceeded") -> dict[str, object]:
    return {
        "version": "0",
        "id": "e-1",
        "detail-type": "AWS Service Event via CloudTrail",
        "source": "aws.secretsmanager",
        "time": ROTATED.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "detail": {
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": name,
            "eventTime": ROTATED.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "requestParameters": None,
            "additionalEventData": {"SecretId": secret},
        },
    }


@pytest.fixture(autouse=True)
def holders(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    services = [{"cluster": CLUSTER, "service": name} for name in ("customers", "visits")]
    other = [{"cluster": CLUSTER, "service": "other"}]
    monkeypatch.setenv("ROLLS", json.dumps({SECRET: services, "arn:other": other}))
    monkeypatch.setenv("NOTIFICATIONS_TOPIC_ARN", "arn:aws:sns:us-west-2:123456789012:alerts")
    for name in ("customers", "visits", "other"):
        local_aws.deployments[name] = (ROTATED - timedelta(days=1)).timestamp()


def test_exactly_the_holders_are_rolled(local_aws: LocalAws) -> None:
    result = handler.handler(event(), Invocation())

    assert result == {"rolled": ["customers", "visits"], "already current": [], "failed": []}
    assert local_aws.rolled == [
        {"cluster": CLUSTER, "service": name, "forceNewDeployment": True} for name in ("customers", "visits")
    ]


def test_the_outcome_is_notified(local_aws: LocalAws) -> None:
    handler.handler(event(), Invocation())

    assert local_aws.published[0]["Subject"] == "Rotation: services were rolled"
    assert "rolled: customers, visits" in local_aws.published[0]["Message"]


def test_the_same_event_twice_rolls_once(local_aws: LocalAws) -> None:
    handler.handler(event(), Invocation())
    result = handler.handler(event(), Invocation())

    assert result["already current"] == ["customers", "visits"]
    assert len(local_aws.rolled) == 2


def test_the_own_event_of_secrets_manager_rolls_the_holders(local_aws: LocalAws) -> None:
    result = handler.handler(relabelled(SECRET, ROTATED), Invocation())

    assert result["rolled"] == ["customers", "visits"]


@pytest.mark.parametrize("own_first", [True, False])
def test_both_events_of_one_rotation_roll_and_tell_once(local_aws: LocalAws, own_first: bool) -> None:
    """The label moves first, and the trail reports the rotation when it is complete, even after the deployment."""
    local_aws.changed[SECRET] = ROTATED.timestamp()
    complete = ROTATED + timedelta(seconds=50)
    through_trail = {**event(), "time": complete.isoformat()}
    through_trail["detail"] = {**shapes.mapping(through_trail["detail"]), "eventTime": complete.isoformat()}
    both = [relabelled(SECRET, ROTATED), through_trail]
    results = [handler.handler(item, Invocation()) for item in (both if own_first else both[::-1])]

    assert [result["rolled"] for result in results] == [["customers", "visits"], []]
    assert results[1]["already current"] == ["customers", "visits"]
    assert (len(local_aws.rolled), len(local_aws.published)) == (2, 1)


def test_a_deployment_before_the_last_change_is_rolled_whatever_the_event_says(local_aws: LocalAws) -> None:
    """A later change of the secret does not make an older deployment current."""
    local_aws.changed[SECRET] = ROTATED.timestamp()
    local_aws.deployments["customers"] = (ROTATED - timedelta(seconds=1)).timestamp()
    result = handler.handler(event(), Invocation())

    assert "customers" in result["rolled"]


def test_a_last_change_that_does_not_explain_the_event_rolls(local_aws: LocalAws) -> None:
    """Should a managed rotation not count as a change of the secret, its event must still roll the services."""
    local_aws.changed[SECRET] = (ROTATED - timedelta(days=30)).timestamp()
    local_aws.deployments["customers"] = (ROTATED - timedelta(days=1)).timestamp()
    result = handler.handler(event(), Invocation())

    assert "customers" in result["rolled"]


def test_the_next_rotation_rolls_again(local_aws: LocalAws) -> None:
    local_aws.changed[SECRET] = ROTATED.timestamp()
    handler.handler(relabelled(SECRET, ROTATED), Invocation())
    later = datetime.now(UTC) + timedelta(days=7)
    local_aws.changed[SECRET] = later.timestamp()
    result = handler.handler(relabelled(SECRET, later), Invocation())

    assert result["rolled"] == ["customers", "visits"]


def test_one_failure_rolls_the_others_and_is_tried_again(local_aws: LocalAws) -> None:
    local_aws.refused_services = {"customers"}
    with pytest.raises(handler.Incomplete, match="customers"):
        handler.handler(event(), Invocation())
    local_aws.refused_services = set()
    result = handler.handler(event(), Invocation())

    assert result == {"rolled": ["customers"], "already current": ["visits"], "failed": []}
    assert local_aws.published[0]["Subject"] == "Rotation: services were not rolled"


def test_services_are_rolled_even_when_their_deployments_cannot_be_read(local_aws: LocalAws) -> None:
    local_aws.describe_refused = True

    assert handler.handler(event(), Invocation())["rolled"] == ["customers", "visits"]


def test_a_service_is_rolled_once_the_one_before_it_is_done(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that roll at once need twice the tasks of both."""
    monkeypatch.setattr(rolls, "POLL_SECONDS", 0.01)
    local_aws.rolling["customers"] = 4
    result = handler.handler(event(), Invocation(milliseconds=900_000))

    assert result["rolled"] == ["customers", "visits"]
    assert local_aws.rolling["customers"] < 0


def test_a_service_that_does_not_settle_holds_no_other_up(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "POLL_SECONDS", 0.05)
    local_aws.rolling["customers"] = 1_000_000
    result = handler.handler(event(), Invocation(milliseconds=15_400))

    assert result["rolled"] == ["customers", "visits"]


def test_a_service_may_be_named_by_its_arn(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws:ecs:us-west-2:123456789012:service/petclinic-dev/customers"
    monkeypatch.setenv("ROLLS", json.dumps({SECRET: [{"cluster": CLUSTER, "service": arn}]}))
    result = handler.handler(event(), Invocation())

    assert result["rolled"] == ["customers"]
    assert [roll["service"] for roll in local_aws.rolled] == [arn]


@pytest.mark.parametrize(
    "ignored",
    [
        event("arn:nobody"),
        event(name="RotationStarted"),
        event(secret=""),
        {},
        {"detail": []},
        relabelled("arn:nobody", ROTATED),
        relabelled(SECRET, ROTATED, "MINE"),
        {**relabelled(SECRET, ROTATED), "resources": []},
        {**relabelled(SECRET, ROTATED), "source": "mine"},
        {**relabelled(SECRET, ROTATED), "time": "yesterday"},
    ],
    ids=[
        "nobody holds it",
        "another event",
        "no secret",
        "empty",
        "no detail",
        "nobody holds what was relabelled",
        "another label",
        "no resource",
        "another source",
        "no time",
    ],
)
def test_other_events_change_nothing(local_aws: LocalAws, ignored: dict[str, object]) -> None:
    result = handler.handler(ignored, Invocation())

    assert result == {"rolled": [], "already current": [], "failed": []}
    assert (local_aws.rolled, local_aws.published) == ([], [])


@pytest.mark.parametrize("rolls", ["{", json.dumps({SECRET: [{"cluster": "c"}]}), ""])
def test_rolls_that_cannot_be_read_fail_the_invocation(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch, rolls: str
) -> None:
    monkeypatch.setenv("ROLLS", rolls)

    with pytest.raises(settings.Misconfigured, match="ROLLS"):
        handler.handler(event(), Invocation())
    assert local_aws.rolled == []
