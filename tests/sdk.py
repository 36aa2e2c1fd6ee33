"""What the AWS SDK reads from its own files it reads once in a process of tests.

A run of petc is one process and one session; a test process has hundreds, each of which would read the models anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader


def read_models_once(patch: pytest.MonkeyPatch) -> None:
    """Keep the models that any session has read, until the patch is undone."""
    own: Callable[[JSONFileLoader, Any], Any] = JSONFileLoader.load_file

    @lru_cache(maxsize=128)
    def read(path: str) -> Any:
        return own(JSONFileLoader(), path)

    patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
