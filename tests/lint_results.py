"""Results of the linter that the projects of one test run share.

The real linter judges each template once in a run; the next project with the same bytes finds the result, as a second
`petc compile` of a user does. Tests of the linter itself have folders of their own.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "PETC_TESTS_LINT"
"""Names the folder of the run, see `tests/conftest.py` and `tests/campaigns/__main__.py`."""


def share(home: Path) -> None:
    """Let a project keep its lint results in the folder of the run, if there is one."""
    shared, own = os.environ.get(VARIABLE), home / ".petc" / "lint"
    if shared and not own.exists():
        Path(shared).mkdir(parents=True, exist_ok=True)
        own.parent.mkdir(exist_ok=True)
        own.symlink_to(shared, target_is_directory=True)
