"""Paging of AWS's answers: only what botocore pages is asked for by a paginator."""

from __future__ import annotations

import re

import botocore.session
import pytest

from tests import specs

_ASKED = re.compile(r'get_paginator\(\s*"(\w+)"')
FOUND = sorted(
    {
        (path.name, name)
        for path in (specs.ROOT / "compiler" / "petc").rglob("*.py")
        for name in _ASKED.findall(path.read_text("utf-8"))
    }
)
SERVICES = (
    "cloudformation",
    "ec2",
    "ecr",
    "ecs",
    "logs",
    "organizations",
    "rds",
    "s3",
    "secretsmanager",
    "ssm",
)


@pytest.mark.parametrize(("file", "name"), FOUND)
def test_botocore_has_a_paginator_for_each_action_that_is_paged(file: str, name: str) -> None:
    session = botocore.session.get_session()
    operation = "".join(part.capitalize() for part in name.split("_")).replace("Db", "DB")

    pages = {
        action for service in SERVICES for action in session.get_paginator_model(service)._paginator_config
    }

    assert operation in pages
