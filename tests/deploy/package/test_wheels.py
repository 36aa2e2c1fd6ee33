"""Wheels are fetched for the function's platform, by hash, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from petc.deploy.package import wheels
from petc.diagnostics import Rejected
from petc.output.requirements import RequirementsLock, parsed
from tests.deploy.package.wheelhouse import Wheelhouse


def lock(*lines: str) -> RequirementsLock:
    return parsed("\n".join(lines).encode(), "requirements.txt")


def refused(
    asked: RequirementsLock, cache: Path, runtime: str = "python3.11", architecture: str = "x86_64"
) -> str:
    with pytest.raises(Rejected) as caught:
        wheels.obtained(asked, runtime, architecture, cache)
    return str(caught.value)


def test_a_wheel_is_fetched_and_says_what_it_is(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    asked = lock(wheelhouse.add("mail", "1.2"))
    (found,) = wheels.obtained(asked, "python3.11", "x86_64", tmp_path / "cache")

    assert (found.name, found.version, found.license, found.is_expression) == ("mail", "1.2", "MIT", True)
    assert found.files["mail/__init__.py"] == b"x = 1\n"


def test_what_was_fetched_once_needs_no_index_again(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    asked = lock(wheelhouse.add("mail"))
    first = wheels.obtained(asked, "python3.11", "x86_64", tmp_path / "cache")
    for path in wheelhouse.folder.iterdir():
        path.unlink()

    assert wheels.obtained(asked, "python3.11", "x86_64", tmp_path / "cache") == first


def test_a_damaged_file_in_the_cache_is_fetched_again(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    asked = lock(wheelhouse.add("mail"))
    first = wheels.obtained(asked, "python3.11", "x86_64", tmp_path / "cache")
    for path in (tmp_path / "cache").rglob("*.whl"):
        path.write_bytes(b"broken")

    assert wheels.obtained(asked, "python3.11", "x86_64", tmp_path / "cache") == first


def test_the_wheel_is_that_of_the_function_s_architecture(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    intel = wheelhouse.add("mail", files={"mail.py": "intel"}, tag="cp311-cp311-manylinux2014_x86_64")
    arm = wheelhouse.add("mail", files={"mail.py": "arm"}, tag="cp311-cp311-manylinux2014_aarch64")
    asked = lock(f"{intel} {arm.split(' ', 1)[1]}")
    found = {
        machine: wheels.obtained(asked, "python3.11", machine, tmp_path / "cache")[0].files["mail.py"]
        for machine in ("x86_64", "arm64")
    }

    assert found == {"x86_64": b"intel", "arm64": b"arm"}


def test_a_wheel_for_a_newer_c_library_is_for_newer_runtimes_only(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    asked = lock(wheelhouse.add("mail", tag="py3-none-manylinux_2_28_x86_64"))

    assert wheels.obtained(asked, "python3.12", "x86_64", tmp_path / "cache")
    assert "has no wheel of mail==1.0" in refused(asked, tmp_path / "cache")


def test_a_hash_that_differs_is_refused(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    wheelhouse.add("mail")
    asked = lock(f"mail==1.0 --hash=sha256:{'0' * 64}")

    assert "has another hash than the lock" in refused(asked, tmp_path / "cache")


def test_sources_alone_are_refused(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    (wheelhouse.folder / "mail-1.0.tar.gz").write_bytes(b"")
    asked = lock(f"mail==1.0 --hash=sha256:{'0' * 64}")

    assert "has no wheel of mail==1.0" in refused(asked, tmp_path / "cache")


def test_without_a_connection_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    asked = lock(f"mail==1.0 --hash=sha256:{'0' * 64}")

    assert "the package index does not answer" in refused(asked, tmp_path / "cache")


def test_requirements_are_for_python(tmp_path: Path) -> None:
    asked = lock(f"mail==1.0 --hash=sha256:{'0' * 64}")

    assert "nodejs24.x does not read it" in refused(asked, tmp_path, runtime="nodejs24.x")


def test_newer_tags_come_first_and_the_oldest_runtime_knows_no_new_library() -> None:
    old, new = wheels.platforms("3.11", "x86_64"), wheels.platforms("3.13", "arm64")

    assert (old[0], old[-1]) == ("manylinux_2_26_x86_64", "manylinux2014_x86_64")
    assert new[0] == "manylinux_2_34_aarch64"
