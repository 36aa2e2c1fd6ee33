"""Names by which AWS recognises a call."""

from __future__ import annotations

import re

from petc.deploy.aws.idempotency import derived


def test_a_name_is_one_that_aws_takes() -> None:
    assert re.fullmatch(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,127}", derived("t", "03-api_gateway/only/update"))


def test_each_part_makes_another_name() -> None:
    names = {
        derived("t", "a"),
        derived("u", "a"),
        derived("t", "b"),
        derived("t", "a", "b"),
        derived("t", "ab"),
    }

    assert len(names) == 5
