"""How the connection to the database is encrypted, and whose certificate is trusted."""

from __future__ import annotations

import functools
import os
import ssl
from pathlib import Path

from shared import logs, settings


@functools.cache
def context() -> ssl.SSLContext | None:
    """Return the TLS context for the database, or None when `DATABASE_TLS` is `off`.

    `DATABASE_CA` is the file of the certificate authorities to trust (for Aurora the RDS bundle; a
    relative path starts at the function's folder): then chain and host name are verified. A file that
    is named and cannot be read raises `settings.Misconfigured`. Without the variable the connection is
    encrypted but the server is not verified, which the log says.
    """
    if os.environ.get("DATABASE_TLS", "").lower() == "off":
        logs.warning("the connection to the database is not encrypted, as DATABASE_TLS says")
        return None
    authorities = settings.optional("DATABASE_CA")
    if authorities is None:
        logs.warning("the database's certificate is not verified, as DATABASE_CA is not set")
        unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unverified.check_hostname = False
        unverified.verify_mode = ssl.CERT_NONE
        return unverified
    file = Path(os.environ.get("LAMBDA_TASK_ROOT", "."), authorities)
    try:
        verified = ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise settings.Misconfigured(f"DATABASE_CA names {file}, which holds no certificates") from error
    # From Python 3.13 on, the default refuses authorities without some extensions that RDS's older ones
    # lack; chain, dates and host name are verified all the same.
    verified.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return verified
