from __future__ import annotations

import pytest

from tests import specs

KITE = """
petc: 1
name: kite
tags: {{owner: kite-team, cost-centre: kite}}
services:
  wind: {{image: {{tag: "1"}}, health: /ready, route: {{path: {path}, prefix: {prefix}}}}}
stages: {{dev: {{}}}}
"""


@pytest.mark.parametrize(
    ("path", "prefix", "expected"),
    [
        ("/", "context-path", "/ready"),
        ("/wind", "context-path", "/wind/ready"),
        ("/wind", "strip", "/ready"),
        ("/wind", "keep", "/ready"),
    ],
)
def test_health_is_asked_below_the_context_path_by_a_path_of_single_slashes(
    path: str, prefix: str, expected: str
) -> None:
    service = specs.stage_of(KITE.format(path=path, prefix=prefix)).services["wind"]

    assert service.health_path == expected


def test_at_the_root_there_is_no_context_path() -> None:
    assert specs.stage_of(KITE.format(path="/", prefix="context-path")).services["wind"].context_path == ""
