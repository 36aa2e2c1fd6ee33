"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

# A build must not fail by luck of the draw; on a desk new examples are wanted.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
