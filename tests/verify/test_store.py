from __future__ import annotations

from pathlib import Path

import pytest

from petc.verify import store
from petc.verify.findings import LintFinding

FOUND = (LintFinding("E3030", "text", ("Resources", "A", "Properties", 0)),)
KEY = store.key(("text",))


def test_a_result_comes_back_as_it_was(tmp_path: Path) -> None:
    store.save(tmp_path / "made", KEY, FOUND)

    assert store.load(tmp_path / "made", KEY) == FOUND


def test_nothing_kept_is_nothing(tmp_path: Path) -> None:
    assert store.load(tmp_path, KEY) is None


def test_saving_leaves_no_other_file(tmp_path: Path) -> None:
    store.save(tmp_path, KEY, FOUND)

    assert [item.name for item in tmp_path.iterdir()] == [f"{KEY}.json"]


@pytest.mark.parametrize("damage", ["", "[]", "{}", "cut", "flip", "bytes"])
def test_a_damaged_entry_is_ignored(tmp_path: Path, damage: str) -> None:
    store.save(tmp_path, KEY, FOUND)
    file = tmp_path / f"{KEY}.json"
    text = file.read_text()
    file.write_bytes(
        {
            "cut": text[:-9].encode(),
            "flip": text.replace("E3030", "E3031").encode(),
            "bytes": b"\xff\xfe",
        }.get(damage, damage.encode())
    )

    assert store.load(tmp_path, KEY) is None


def test_an_entry_under_another_name_is_ignored(tmp_path: Path) -> None:
    store.save(tmp_path, KEY, FOUND)
    other = store.key(("other",))
    (tmp_path / f"{KEY}.json").rename(tmp_path / f"{other}.json")

    assert store.load(tmp_path, other) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store.save(tmp_path / "file", KEY, FOUND)

    assert store.load(tmp_path / "file", KEY) is None


def test_parts_do_not_run_into_each_other() -> None:
    assert store.key(("ab", "c")) != store.key(("a", "bc"))


def test_the_version_of_the_linter_and_of_its_schemas_is_known() -> None:
    assert "schema_date" in store.linter_version()
