"""The environment variables by which MiniStack becomes petc's local AWS.

The names are MiniStack's own (its README, "Configuration", and the source of 1.5.33).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from petc.local import folder_layout

HOST = "127.0.0.1"
"""The only address that anything of the local AWS listens on."""

DATABASE = "PETC_LOCAL_DATABASE"
"""The variable that names the host of a database server of one's own, behind the endpoints of Aurora clusters."""

IAM = "PETC_LOCAL_IAM"
"""The variable that, with the value 1, lets calls be decided by the policies of who calls (MiniStack's `AUTH`)."""

NO_DOCKER = "unix:///nonexistent/petc-runs-no-containers"
"""MiniStack starts containers where it finds an engine, with ports on every address, so it finds none."""

QUOTAS = "PETC_LOCAL_QUOTAS"
"""The variable that gives service quotas, as `ec2/L-0263D0A3=5,lambda/L-B99A9384=10`."""

_FOREIGN = ("AWS_", "MINISTACK_", "LOCALSTACK_", "LAMBDA_", "DOCKER_", "SFTP_", "IOT_", "RDS_", "ECS_", "S3_")
"""What begins like this was set for another purpose: credentials of the user, settings of another emulator."""

_FOREIGN_NAMES = ("AUTH", "SERVICES", "USE_SSL", "PERSIST_STATE", "STATE_DIR", "GATEWAY_PORT", "EDGE_PORT")


def server_environment(
    inherited: Mapping[str, str], folder: Path, *, port: int, account: str, region: str
) -> dict[str, str]:
    """Return the variables for a server: the inherited ones without what would change it, and its own."""
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith(_FOREIGN) and name not in _FOREIGN_NAMES
    }
    if inherited.get(IAM) == "1":
        kept["AUTH"] = "true"
    return kept | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder_layout.blobs(folder)),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder_layout.objects(folder)),
        "SFTP_ENABLED": "0",
        "SFTP_HOST": HOST,
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": NO_DOCKER,
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder_layout.scratch(folder)),
    }
