"""Zips are the same bytes everywhere: the digest that one Python gives is the digest that each gives."""

from __future__ import annotations

import io
import zipfile

from petc.output.manifest import digest
from petc.output.zips import zipped

FILES = {
    "handler.py": b"def handler(event, context):\n    return 'ok'\n",
    "shared/logs.py": b"x = 1\n" * 1000,
    "b/ä.txt": "ß".encode(),
    "a/empty": b"",
}
KNOWN = "4a92045ef3aa75a13f73be1fb12d4b69cefd35de2fb76b0c0970bf8feadf9779"
"""Seen with Python 3.11, 3.12 and 3.13."""


def entries(content: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return archive.infolist()


def test_the_bytes_are_the_known_ones() -> None:
    assert digest(zipped(FILES)) == KNOWN


def test_the_order_in_which_files_are_given_does_not_count() -> None:
    backwards = dict(reversed(FILES.items()))

    assert zipped(backwards) == zipped(FILES)


def test_entries_are_sorted_stored_and_readable_by_everyone() -> None:
    found = entries(zipped(FILES))

    assert [entry.filename for entry in found] == ["a/empty", "b/ä.txt", "handler.py", "shared/logs.py"]
    assert {entry.compress_type for entry in found} == {zipfile.ZIP_STORED}
    assert {entry.external_attr >> 16 for entry in found} == {0o100644}
    assert {entry.date_time for entry in found} == {(1980, 1, 1, 0, 0, 0)}


def test_another_content_gives_other_bytes() -> None:
    assert zipped(FILES | {"a/empty": b"x"}) != zipped(FILES)
