"""pip does what petc says, whatever the environment, its configuration files and the checkout hold."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from petc.deploy.package import wheels
from petc.diagnostics import Rejected
from petc.output.requirements import Requirement, RequirementsLock, parsed
from tests.deploy.package.wheelhouse import Wheelhouse


def asked(line: str) -> RequirementsLock:
    return parsed(line.encode(), "requirements.txt")


def sources(folder: Path, trace: Path) -> str:
    """Put a source archive into the index whose build leaves a trace; return its hash."""
    stream = io.BytesIO()
    setup = f"open({str(trace)!r}, 'w').write('ran')\nfrom setuptools import setup\nsetup(name='evil', version='1.0')\n"
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, text in (
            ("evil-1.0/setup.py", setup),
            ("evil-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n"),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    (folder / "evil-1.0.tar.gz").write_bytes(stream.getvalue())
    return hashlib.sha256(stream.getvalue()).hexdigest()


def fetch(lock: RequirementsLock, cache: Path) -> None:
    wheels.obtained(lock, "python3.11", "x86_64", cache)


@pytest.mark.parametrize("how", ["variable", "file"])
def test_sources_are_not_built_whatever_the_user_has_configured(
    how: str, wheelhouse: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    line = f"evil==1.0 --hash=sha256:{sources(wheelhouse.folder, trace)}"
    if how == "variable":
        monkeypatch.setenv("PIP_NO_BINARY", ":all:")
    else:
        (tmp_path / "pip.conf").write_text("[download]\nno-binary = :all:\nno-build-isolation = true\n")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    with pytest.raises(Rejected, match=r"has no wheel of evil==1\.0"):
        fetch(asked(line), tmp_path / "cache")
    assert not trace.exists()


def test_requirements_of_the_user_s_configuration_are_not_taken(
    wheelhouse: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    digest = sources(wheelhouse.folder, trace)
    (tmp_path / "more.txt").write_text(
        f"evil @ {(wheelhouse.folder / 'evil-1.0.tar.gz').as_uri()} --hash=sha256:{digest}\n"
    )
    monkeypatch.setenv("PIP_REQUIREMENT", str(tmp_path / "more.txt"))
    monkeypatch.setenv("PIP_CONSTRAINT", str(tmp_path / "none.txt"))
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")

    fetch(asked(wheelhouse.add("mail")), tmp_path / "cache")

    assert not trace.exists()


def test_a_checkout_cannot_bring_another_pip(
    wheelhouse: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("pip.py", "logging.py"):
        (checkout / name).write_text(f"open({str(tmp_path / 'trace')!r}, 'w').write('ran')\n")
    monkeypatch.chdir(checkout)

    fetch(asked(wheelhouse.add("mail")), tmp_path / "cache")

    assert not (tmp_path / "trace").exists()


def test_where_wheels_are_is_taken_from_a_configuration_file(
    wheelhouse: Wheelhouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = wheelhouse.add("mail")
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text(f"[global]\nno-index = true\nfind-links = {wheelhouse.folder}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    fetch(asked(line), tmp_path / "cache")


def test_the_line_that_pip_reads_is_written_from_what_was_read() -> None:
    assert Requirement("mail", "mail==1.0", ("a" * 64,)).line == f"mail==1.0 --hash=sha256:{'a' * 64}"
