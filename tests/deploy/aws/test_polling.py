"""Waiting for AWS."""

from __future__ import annotations

import time

import pytest

from petc.deploy.aws.polling import until


def test_looks_come_soon_at_first_and_never_too_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    looks = iter(range(6))
    found = until(lambda: next(looks), lambda look: look == 5, longest=0.5)

    assert found == 5
    assert pauses == [0.1, 0.2, 0.4, 0.5, 0.5]
