"""What a package takes of a wheel: modules, licences and METADATA. Pure; nothing of a wheel is ever run."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import compat32
from pathlib import PurePosixPath

from petc.deploy.package import codes
from petc.diagnostics import Rejected

_SKIPPED_FOLDERS = frozenset({"__pycache__", "tests"})
_KEPT_INFO = re.compile(
    r"(METADATA|entry_points\.txt|licen[cs]es/.*|(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*)", re.I
)
_UNPACKED = 250 * 1024 * 1024
"""Bytes that a package may unpack to, layers included; AWS Lambda Developer Guide, "Lambda quotas"."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that was found right, by its own METADATA. `files` is what a package takes of it.

    `license` is as its project wrote it, an SPDX expression where `is_expression` says so.
    """

    name: str
    version: str
    license: str
    is_expression: bool
    sha256: str
    files: Mapping[str, bytes]


def unpacked(content: bytes, spelled: str) -> Wheel:
    """Return what a package takes of a wheel: modules, licences and METADATA, without tests and records.

    PyPA specifications, "Binary distribution format". Raises `Rejected` with `package-wheel` for a file that
    is no wheel, that would leave its folder, or that unpacks to more than Lambda holds.
    """
    files: dict[str, bytes] = {}
    total = 0
    metadata = b""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                total += entry.file_size
                if total > _UNPACKED:
                    raise _bad(spelled, "it unpacks to more than the 250 MiB that a function may have")
                path = _placed(entry.filename, spelled)
                if path and not entry.is_dir():
                    body = archive.read(entry)
                    if re.fullmatch(r"[^/]+\.dist-info/METADATA", path):
                        metadata = body
                    files[path] = body
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as fault:
        raise _bad(spelled, f"it is no readable zip: {fault}") from None
    said = BytesParser(policy=compat32).parsebytes(metadata, headersonly=True)
    name, version = str(said.get("Name", "")), str(said.get("Version", ""))
    if not (name and version):
        raise _bad(spelled, "it has no METADATA with name and version")
    expression = str(said.get("License-Expression", ""))
    terms = " ".join((expression or str(said.get("License", ""))).split())
    return Wheel(name, version, terms, bool(expression), hashlib.sha256(content).hexdigest(), files)


def _placed(path: str, spelled: str) -> str:
    """Return where a file of a wheel goes, or nothing for one that a package does without."""
    parts = PurePosixPath(path).parts
    if path.startswith("/") or "\\" in path or "\0" in path or ":" in path or ".." in parts:
        raise _bad(spelled, f"its file {path!r} would leave the package")
    if not parts or _SKIPPED_FOLDERS.intersection(parts[:-1]) or parts[-1].endswith(".pyc"):
        return ""
    if parts[0].endswith(".data"):
        # Beside modules there are scripts, headers and data, which only an installation has a place for.
        return "/".join(parts[2:]) if parts[1:2] in (("purelib",), ("platlib",)) else ""
    if parts[0].endswith(".dist-info") and not _KEPT_INFO.fullmatch("/".join(parts[1:])):
        return ""
    return "/".join(parts)


def _bad(spelled: str, what: str) -> Rejected:
    message = f"the wheel of {spelled} cannot be packed: {what}"
    return codes.PACKAGE_WHEEL.because(message, help="lock another version")
