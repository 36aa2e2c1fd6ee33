"""How AWS clients reach the local AWS, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from petc.local import server_mark
from petc.local.server_record import Running

SECRET = "local"
"""The secret key of every request; MiniStack verifies no signature."""


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """An address with an account and a region, and the environment by which AWS clients use them.

    With `environment` set, the unchanged AWS SDKs and the AWS CLI send everything to the address: the access
    key is the account, as MiniStack reads it, and neither profile nor role of the user is looked at. The
    application id is the server's mark, by which another server on the same port refuses the calls.
    """

    endpoint_url: str
    account: str
    region: str
    environment: Mapping[str, str]


FOREIGN = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    server_mark.VARIABLE,
)
"""Variables that would lead an AWS client elsewhere, to take away before `environment` is laid over.

AWS SDKs and Tools Reference Guide, "Environment variables" and "Service-specific endpoints"; besides these,
every variable that begins with `AWS_ENDPOINT_URL_` points one service elsewhere.
"""


def access(server: Running, account: str = "", region: str = "") -> ServerAccess:
    """Return the access to a server, by default to the account and region that it was started for."""
    account, region = account or server.account, region or server.region
    return ServerAccess(server.endpoint, account, region, _environment(server, account, region))


def laid_over(environment: Mapping[str, str], access: ServerAccess) -> dict[str, str]:
    """Return an environment in which AWS clients reach the local AWS only."""
    kept = {
        name: value
        for name, value in environment.items()
        if name not in FOREIGN and not name.startswith("AWS_ENDPOINT_URL_")
    }
    return kept | dict(access.environment)


def _environment(server: Running, account: str, region: str) -> dict[str, str]:
    # A server of an earlier version has no mark, and would take every client for its own.
    own = {server_mark.VARIABLE: server.mark} if server.mark else {}
    return own | {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
