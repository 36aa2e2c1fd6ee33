"""The key of journals: one for each user of a machine, for nobody else's eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from petc.deploy.execute import user_key as module
from petc.deploy.execute.user_key import own_key


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "petc" / "journal.key"


def test_a_key_is_made_once_and_for_its_owner_alone(key_file: Path) -> None:
    first, second = own_key(), own_key()

    assert first == second
    assert first.unkept == ""
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == ["journal.key"]


def test_a_relative_state_folder_does_not_count(
    key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository could bring it along, as the working directory is within it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", "state")

    own_key()

    assert (tmp_path / "home" / ".local" / "state" / "petc" / "journal.key").is_file()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("how", ["readable by others", "link", "empty", "folder"])
def test_a_key_that_others_may_know_is_replaced(key_file: Path, tmp_path: Path, how: str) -> None:
    before = own_key()
    if how == "readable by others":
        key_file.chmod(0o644)
    elif how == "link":
        key_file.rename(tmp_path / "elsewhere")
        key_file.symlink_to(tmp_path / "elsewhere")
    else:
        key_file.unlink()
        key_file.touch() if how == "empty" else key_file.mkdir()

    after = own_key()

    assert after.secret != before.secret
    assert bool(after.unkept) is (how == "folder")


def test_another_machine_has_another_key(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = own_key()
    monkeypatch.setattr(module, "_machine", lambda: "another")

    assert own_key().secret != before.secret


def test_without_a_place_the_key_ends_with_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    assert own_key() == own_key()
    assert "not a directory" in own_key().unkept
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
