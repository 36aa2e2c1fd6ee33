"""The files of a site as objects: where they go, what they are, how long they may be kept. Pure but for reading."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from petc.deploy.package import codes
from petc.diagnostics import Code, Diagnostic, Rejected

LARGEST_FILES = 10_000
LARGEST_BYTES = 1 << 30
"""A site of more is a folder that was named by mistake, or wants another way to be published. (assumed)"""
LONGEST_KEY = 1024
"""Bytes of a key in UTF-8; Amazon S3 User Guide, "Naming Amazon S3 objects"."""

FOREVER = "public, max-age=31536000, immutable"
"""For a file whose name changes with its content; RFC 8246."""
ASK = "no-cache"
"""For what leads to everything else: kept, but compared with the server before each use; RFC 9111, 5.2.2.4."""
SHARED = "public, max-age=0, must-revalidate, s-maxage=86400"
"""For other files: browsers compare, CloudFront keeps them until they are invalidated, a day at the longest."""

TYPES = {
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "gif": "image/gif",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "md": "text/markdown; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
}
"""Media types by extension; IANA, "Media Types". A table of our own, for the system's differ."""
UNKNOWN = "application/octet-stream"

_WELL_KNOWN = ".well-known"
"""The one hidden name that a site means to publish; RFC 8615."""
_HEX = re.compile(r"[.-](?=[0-9a-f]*[0-9])[0-9a-f]{8,64}\.[A-Za-z0-9]+(\.map)?$")
_BASE64 = re.compile(
    r"[.-](?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{8,22}\.[A-Za-z0-9]+(\.map)?$"
)
_ALWAYS_ASKED = re.compile(r"(^|/)(sw|service-worker)\.m?js$|\.(html?|webmanifest)$")


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One object: its key, the SHA-256 and size of its bytes, its headers, and where the bytes are."""

    key: str
    sha256: str
    size: int
    content_type: str
    cache_control: str
    source: Path | bytes

    @property
    def fingerprint(self) -> str:
        """What differs when the object has to be written again: bytes or headers."""
        return hashlib.sha256(f"{self.sha256} {self.content_type} {self.cache_control}".encode()).hexdigest()


def read(folder: Path) -> tuple[SiteFile, ...]:
    """Return the files of a site's folder by key, hidden ones but `.well-known` left out.

    Raises `Rejected` with `site-missing`, `site-link`, `site-name` or `site-too-large`, every problem at once.
    """
    problems: list[Diagnostic] = []
    found: list[SiteFile] = []
    total = 0
    try:
        if folder.is_symlink():
            raise Rejected((_link(str(folder)),))
        for key, path, size in sorted(_walk(folder, "", problems)):
            total += size
            if len(found) == LARGEST_FILES or total > LARGEST_BYTES:
                raise Rejected((_too_large(folder),))
            found.append(made(key, path))
    except OSError as fault:
        raise Rejected((_missing(folder, fault),)) from None
    if not (found or problems):
        problems.append(_error(codes.SITE_MISSING, f"the folder {folder} holds no file of a site", _CREATE))
    if problems:
        raise Rejected(tuple(problems))
    return tuple(found)


def made(key: str, source: Path | bytes, cache_control: str = "") -> SiteFile:
    """Return the object of a file, or of bytes; without `cache_control` its name decides."""
    if isinstance(source, bytes):
        sha256, size = hashlib.sha256(source).hexdigest(), len(source)
    else:
        with source.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
    return SiteFile(key, sha256, size, content_type(key), cache_control or kept(key), source)


def content_type(key: str) -> str:
    """Return the media type that a name stands for; text is UTF-8."""
    return TYPES.get(key.rpartition(".")[2].lower(), UNKNOWN)


def kept(key: str) -> str:
    """Return for how long caches may keep a file of that name, as a Cache-Control header."""
    if _ALWAYS_ASKED.search(key):
        return ASK
    return FOREVER if _HEX.search(key) or _BASE64.search(key) else SHARED


def _walk(folder: Path, prefix: str, problems: list[Diagnostic]) -> Iterator[tuple[str, Path, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") and entry.name != _WELL_KNOWN:
                continue
            key, path = prefix + entry.name, Path(entry.path)
            status = entry.stat(follow_symlinks=False)
            if hostile := _hostile(key):
                problems.append(hostile)
            elif stat.S_ISDIR(status.st_mode):
                yield from _walk(path, f"{key}/", problems)
            elif stat.S_ISREG(status.st_mode):
                yield key, path, status.st_size
            else:
                problems.append(_link(str(path)))


def _hostile(key: str) -> Diagnostic | None:
    shown = key.encode("utf-8", "backslashreplace").decode()
    if shown != key:
        what = "is not UTF-8"
    elif any(ord(sign) < 32 or ord(sign) == 127 or sign == "\\" for sign in key):
        what, shown = "holds a control character or a backslash", repr(key)[1:-1]
    elif len(key.encode()) > LONGEST_KEY:
        what, shown = f"is longer than the {LONGEST_KEY} bytes that a key may have", f"{key[:40]}…"
    else:
        return None
    return _error(codes.SITE_NAME, f"the name {shown} in the site {what}", "rename it")


_CREATE = "create it, or correct `frontend.content`, which is relative to the spec's file"


def _missing(folder: Path, fault: OSError) -> Diagnostic:
    reason = (fault.strerror or "unknown fault").lower()
    place = fault.filename or folder
    return _error(codes.SITE_MISSING, f"the site's {place} cannot be read: {reason}", _CREATE)


def _link(path: str) -> Diagnostic:
    message = f"{path} is neither file nor folder, and what it leads to may not be meant for the public"
    return _error(codes.SITE_LINK, message, "replace it by a copy of what it leads to")


def _too_large(folder: Path) -> Diagnostic:
    message = f"{folder} holds more than {LARGEST_FILES:,} files or {LARGEST_BYTES >> 20:,} MiB"
    return _error(codes.SITE_TOO_LARGE, message, "name the folder that holds the built site only")


def _error(code: Code, message: str, way_out: str) -> Diagnostic:
    return code.diagnostic(message, pointer="/frontend/content", help=way_out)
