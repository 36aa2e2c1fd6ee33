"""Runs MiniStack with the StackSets service, for the tests of this folder: `python launch.py PORT`."""

from __future__ import annotations

import os
import sys

os.environ.update(
    BIND_HOST="127.0.0.1",
    GATEWAY_PORT=sys.argv.pop(),
    SFTP_ENABLED="0",
    IOT_MTLS_ENABLED="0",
    MINISTACK_ACCOUNT_ID="123456789012",
    MINISTACK_REGION="us-west-2",
)

from ministack.app import main  # noqa: E402

from petc.local import stack_sets  # noqa: E402

stack_sets.install()
main()
