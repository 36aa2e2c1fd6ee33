"""Where a workflow installs petc from: a commit, a wheel by URL, or a wheel in the repository.

petc is published on no package index, so a bare name would install whatever somebody else registers under it.
A source therefore always pins its bytes: a git commit by its full id, a wheel by its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from petc.cli import codes
from petc.diagnostics import Rejected

_COMMIT = re.compile(r"(?P<url>git\+https://[A-Za-z0-9._~:/-]+)@(?P<commit>[0-9a-f]{40})")
_WHEEL_URL = re.compile(r"(?P<url>https://[A-Za-z0-9._~:/+-]+\.whl)#sha256=(?P<sha256>[0-9a-f]{64})")
_WHEEL_NAME = re.compile(r"petc-[A-Za-z0-9_.!+]+(-[A-Za-z0-9_.]+){3,4}\.whl")
"""File name of a wheel of petc: name, version, optional build, and three tags (packaging.python.org, "Binary
distribution format")."""

FORMS = (
    "git+https://HOST/OWNER/NAME@COMMIT with the full commit id, https://HOST/PATH.whl#sha256=DIGEST, "
    "or the path of a wheel of petc in the repository"
)
"""The accepted forms, for messages."""


@dataclass(frozen=True, slots=True)
class PetcSource:
    """What pip installs as petc.

    `requirement` is a line of a requirements file that carries a hash, or None for a commit, whose id identifies
    the content by itself: pip takes no hash for a repository ("Secure installs" in pip's documentation).
    `commit` is the URL with the commit id, or None.
    """

    requirement: str | None = None
    commit: str | None = None


def parse(text: str, repository: Path) -> PetcSource:
    """Return the source that `--petc-from` names; a path is relative to the working directory.

    Raises `Rejected` (`petc-source`) for anything that does not pin its bytes, and for a wheel that cannot be
    read, is not one of petc, or is outside of the repository, where the workflow could not find it.
    """
    if found := _COMMIT.fullmatch(text):
        _require_plain(text, found["url"].removeprefix("git+"))
        return PetcSource(commit=text)
    if found := _WHEEL_URL.fullmatch(text):
        _require_plain(text, found["url"])
        _require_petc(text, found["url"].rsplit("/", 1)[-1])
        return PetcSource(requirement=f"petc @ {found['url']} --hash=sha256:{found['sha256']}")
    if text.endswith(".whl") and "://" not in text:
        return _local_wheel(text, repository)
    raise _refused(f"`{text}` does not say which bytes of petc to install")


def installed() -> PetcSource | None:
    """Return where the running petc was installed from, or None when its installation does not record that.

    An installation from a URL records it with the commit or hash (PEP 610, `direct_url.json`); one from a folder,
    editable or not, and one from an index do not.
    """
    try:
        text = metadata.distribution("petc").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    try:
        record = json.loads(text or "{}")
    except ValueError:
        return None
    return from_record(record) if isinstance(record, dict) else None


def from_record(record: Mapping[str, object]) -> PetcSource | None:
    """Return the source that a `direct_url.json` describes, or None when it does not pin one."""
    url = record.get("url")
    vcs, archive = record.get("vcs_info"), record.get("archive_info")
    if not isinstance(url, str) or "subdirectory" in record:
        return None
    if isinstance(vcs, Mapping):
        text = f"{vcs.get('vcs')}+{url}@{vcs.get('commit_id')}"
    elif isinstance(archive, Mapping):
        hashes = archive.get("hashes")
        digest = hashes.get("sha256") if isinstance(hashes, Mapping) else None
        legacy = str(archive.get("hash", ""))
        text = f"{url}#sha256={digest or legacy.removeprefix('sha256=')}"
    else:
        return None
    try:
        return parse(text, Path()) if "://" in text else None
    except Rejected:
        return None


def require(text: str | None, repository: Path) -> PetcSource:
    """Return the named source, or that of this installation. Raises `Rejected` when neither pins petc."""
    if text is not None:
        return parse(text, repository)
    found = installed()
    if found is None:
        raise codes.PETC_SOURCE.because(
            "this installation of petc does not record a commit or a hash, so the workflow would not know what to "
            "install",
            help=f"pass --petc-from with {FORMS}",
        )
    return found


def _local_wheel(text: str, repository: Path) -> PetcSource:
    path, root = Path(text).resolve(), repository.resolve()
    _require_petc(text, path.name)
    if not path.is_relative_to(root):
        raise _refused(f"`{text}` is outside of {repository}, where the workflow cannot find it")
    inside = path.relative_to(root).as_posix()
    if not re.fullmatch(r"[A-Za-z0-9._+/!-]+", inside):
        raise _refused(f"`{inside}` has characters that a requirements file would read differently")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as fault:
        raise _refused(f"cannot read {text}: {fault.strerror}") from None
    return PetcSource(requirement=f"./{inside} --hash=sha256:{digest}")


def _require_plain(text: str, url: str) -> None:
    """Refuse credentials in a URL, which would be committed with the workflow."""
    parts = urlsplit(url)
    if not parts.hostname or "@" in parts.netloc or not parts.path.strip("/"):
        raise _refused(f"`{text}` is not the plain URL of a repository or a wheel")


def _require_petc(text: str, name: str) -> None:
    if not _WHEEL_NAME.fullmatch(name):
        raise _refused(f"`{text}` does not have the file name of a wheel of petc")


def _refused(message: str) -> Rejected:
    return codes.PETC_SOURCE.because(message, help=f"pass --petc-from with {FORMS}")
