"""Zip files whose bytes follow from their content alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold; PKWARE's APPNOTE.TXT, section 4.4.6, counts years from 1980."""
_MODE = 0o100644
_UNIX = 3
"""Host system whose file modes stand in the attributes; APPNOTE.TXT, section 4.4.2."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files by path, the same bytes whichever Python, zlib or system makes it.

    Entries are sorted, stored without compression (builds of zlib differ in what they deflate to), readable
    by everyone, as Lambda's own user has to be, and bear one fixed time. Paths use slashes.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files, key=lambda path: path.encode()):
            entry = zipfile.ZipInfo(path, _TIME)
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, files[path])
    return stream.getvalue()
