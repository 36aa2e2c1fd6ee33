from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

import petc
from petc.diagnostics import Rejected, Severity
from petc.output import manifest
from petc.output.folder import compare, left_over, read_stage, write_stage
from petc.output.manifest import Manifest

OLD = {
    "01-network.yaml": b"a: 1\n",
    "02-database.yaml": b"b: 1\n",
    "iam/gone.json": b"{}\n",
    "iam/role.json": b"[]\n",
}
NEW = {"01-network.yaml": b"a: 1\nb: 2\n", "02-database.yaml": b"b: 1\n", "new/file.json": b"3\n"}

# Writes the stage and kills itself, as kill -9 would, before the given system call.
KILLED = """
import json, os, signal, sys
from pathlib import Path
from petc.output import manifest
from petc.output.folder import write_stage

left = int(sys.argv[2])

def counted(name):
    call = getattr(os, name)
    def counting(*args, **kwargs):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(*args, **kwargs)
    setattr(os, name, counting)

for name in ("fsync", "replace", "unlink", "rmdir", "mkdir"):
    counted(name)
files = {path: text.encode() for path, text in json.loads(sys.argv[3]).items()}
write_stage(Path(sys.argv[1]), files, manifest.build("1", "shop", "dev", [], files))
"""


def stage(files: Mapping[str, bytes]) -> Manifest:
    return manifest.build("1", "shop", "dev", [], files)


def write(folder: Path, files: Mapping[str, bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    done = write_stage(folder, files, stage(files))
    return done.changed, done.removed


def problems(folder: Path, files: Mapping[str, bytes] | None = None) -> list[tuple[str, str]]:
    """Return code and file of each problem of reading the folder, or of writing files into it."""
    with pytest.raises(Rejected) as caught:
        if files is None:
            read_stage(folder)
        else:
            write(folder, files)
    assert all(item.help for item in caught.value.diagnostics)
    return [(item.code, item.artifact) for item in caught.value.diagnostics]


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


@contextmanager
def limit(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "generated" / "dev", OLD)
    return tmp_path / "generated" / "dev"


def test_what_was_written_is_read(folder: Path) -> None:
    found = read_stage(folder)

    assert found.files == OLD
    assert found.manifest == stage(OLD)
    assert names(folder) == {*OLD, "manifest.json"}


def written(path: Path) -> tuple[int, int, int, int]:
    """Return what changes when a file is written: not its access time, which reading changes."""
    about = path.stat()
    return about.st_ino, about.st_mtime_ns, about.st_size, about.st_mode


def test_only_what_differs_is_written(folder: Path) -> None:
    before = written(folder / "02-database.yaml")

    assert write(folder, NEW) == (
        ("01-network.yaml", "manifest.json", "new/file.json"),
        tuple(sorted(OLD))[2:],
    )
    assert written(folder / "02-database.yaml") == before
    assert read_stage(folder).files == NEW


def test_nothing_is_touched_when_nothing_differs(folder: Path) -> None:
    before = {path: written(folder / path) for path in names(folder)}

    assert write(folder, OLD) == ((), ())
    assert {path: written(folder / path) for path in names(folder)} == before


def test_a_folder_that_stands_empty_is_removed_with_its_last_file(folder: Path) -> None:
    write(folder, NEW)

    assert not (folder / "iam").exists()


def test_a_foreign_file_stays_and_is_reported(folder: Path) -> None:
    (folder / "iam" / "notes.txt").write_text("mine")
    done = write_stage(folder, NEW, stage(NEW))

    assert (folder / "iam" / "notes.txt").read_text() == "mine"
    assert [(item.code, item.severity, item.artifact) for item in done.warnings] == [
        ("foreign-file", Severity.WARNING, "iam/notes.txt")
    ]
    assert problems(folder) == [("foreign-file", "iam/notes.txt")]


def test_an_edited_file_that_is_no_longer_generated_stays(folder: Path) -> None:
    """Somebody's work is in it, and no digest says that it is ours."""
    (folder / "iam" / "gone.json").write_text("edited")
    done = write_stage(folder, NEW, stage(NEW))

    assert "iam/gone.json" not in done.removed
    assert [item.artifact for item in done.warnings] == ["iam/gone.json"]


def test_an_edited_manifest_cannot_have_other_files_removed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    (folder / "notes.txt").write_text("x")
    data = json.loads((folder / "manifest.json").read_text())
    data["files"] |= {"../../outside.txt": manifest.digest(b"x"), str(outside): manifest.digest(b"x")}
    data["files"] |= {"notes.txt": "0" * 64, "iam": 3}
    (folder / "manifest.json").write_text(json.dumps(data))
    write(folder, NEW)

    assert outside.exists() and (folder / "notes.txt").exists()


def test_every_fault_of_a_tree_is_named(folder: Path) -> None:
    (folder / "01-network.yaml").write_bytes(b"a: 1\r\n")
    (folder / "02-database.yaml").unlink()
    (folder / "iam" / "extra.json").touch()
    (folder / "iam" / "role.json").unlink()
    (folder / "iam" / "role.json").symlink_to("gone.json")

    assert sorted(problems(folder)) == [
        ("edited-file", "01-network.yaml"),
        ("foreign-file", "iam/extra.json"),
        ("foreign-file", "iam/role.json"),
        ("missing-file", "02-database.yaml"),
        ("missing-file", "iam/role.json"),
    ]


@pytest.mark.parametrize("content", ["", "{}", "<<<<<<< HEAD\n", '{"files": {"../x": "0"}}'])
def test_an_edited_manifest_is_named(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)

    assert problems(folder) == [("edited-file", "manifest.json")]
    assert write(folder, OLD) == (("manifest.json",), ())


def test_a_manifest_that_names_a_path_outside_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(stage({"../x": b""}).to_bytes())

    assert problems(folder) == [("edited-file", "manifest.json")]


def test_without_a_manifest_the_stage_was_never_compiled(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.json").unlink()

    assert problems(folder) == [("no-manifest", "manifest.json")]
    assert problems(tmp_path / "none") == [("no-manifest", "manifest.json")]


def test_what_a_file_browser_leaves_is_ignored(folder: Path) -> None:
    (folder / ".DS_Store").touch()

    assert read_stage(folder).files == OLD


def test_another_manifest_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="other files"):
        write_stage(tmp_path, NEW, stage(OLD))


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../x", "a//x", "", ".x", "a\\x", "c:x", "manifest.json", "./x"]
)
def test_a_path_outside_is_a_fault_of_the_caller(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="path inside"):
        write(tmp_path, {path: b""})


def test_a_kill_at_any_point_leaves_a_tree_that_is_whole_or_named_torn(tmp_path: Path) -> None:
    seen: set[str] = set()
    for calls in range(200):
        folder = tmp_path / str(calls)
        write(folder, OLD)
        run = killed_after(folder, calls, NEW)
        seen.add(state(folder))
        # A second kill, on the way back, must not make petc forget what it wrote.
        killed_after(folder, calls // 2, OLD)
        state(folder)
        write(folder, NEW)

        assert read_stage(folder).files == NEW
        assert names(folder) == {*NEW, "manifest.json"}
        if run == 0:
            break
        assert run == -signal.SIGKILL

    assert run == 0 and calls > 10
    assert seen == {"old", "torn", "new"}


def killed_after(folder: Path, calls: int, files: Mapping[str, bytes]) -> int:
    texts = json.dumps({path: content.decode() for path, content in files.items()})
    command = [sys.executable, "-S", "-c", KILLED, str(folder), str(calls), texts]
    path = str(Path(petc.__file__).parents[1])
    return subprocess.run(command, env={"PYTHONPATH": path}, check=False).returncode


def state(folder: Path) -> str:
    try:
        files = read_stage(folder).files
    except Rejected as refusal:
        assert [item.code for item in refusal.diagnostics] == ["torn-folder"]
        return "torn"
    assert files in (OLD, NEW)
    return "old" if files == OLD else "new"


def test_a_full_disk_leaves_the_old_tree(folder: Path) -> None:
    """RLIMIT_FSIZE makes write() fail in the middle of a file."""
    with limit(4096):
        found = problems(folder, {**NEW, "03-big.yaml": b"x" * 100_000})

    assert found == [("disk-full", "03-big.yaml")]
    assert read_stage(folder).files == OLD
    assert names(folder) == {*OLD, "manifest.json"}


def test_a_disk_that_is_really_full_leaves_the_old_tree(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "petc-test", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as fault:
        pytest.skip(f"no mount command: {fault}")
    if mounted.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    try:
        write(disk / "dev", OLD)
        found = problems(disk / "dev", {f"{n:02d}-big.yaml": b"x" * 20_000 for n in range(20)})

        assert [code for code, _ in found] == ["disk-full"]
        assert read_stage(disk / "dev").files == OLD
        assert names(disk / "dev") == {*OLD, "manifest.json"}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_whatever_the_system_refuses_is_a_clean_refusal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    def refuse(*paths: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, name, refuse)
    found = problems(folder, NEW)
    monkeypatch.undo()

    assert [code for code, _ in found] == ["disk-full" if number == errno.ENOSPC else "unwritable-output"]
    assert not [path for path in names(folder) if ".petc-new-" in path]
    assert write(folder, NEW) and read_stage(folder).files == NEW


def test_a_folder_without_the_right_to_write_is_named(folder: Path) -> None:
    folder.chmod(0o555)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write everywhere")
        found = problems(folder, NEW)
    finally:
        folder.chmod(0o755)

    assert [code for code, _ in found] == ["unwritable-output"]


def test_a_file_where_a_folder_belongs_is_named(tmp_path: Path) -> None:
    (tmp_path / "generated").touch()
    (tmp_path / "dev").touch()

    assert problems(tmp_path / "generated" / "dev", NEW) == [("unwritable-output", "dev")]
    assert problems(tmp_path / "dev", NEW) == [("unwritable-output", "dev")]
    assert problems(tmp_path / "dev") == [("unreadable-output", "dev")]


@pytest.mark.parametrize("path", ["01-network.yaml", "manifest.json", "new"])
def test_a_link_is_never_written_through(folder: Path, tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / path).unlink(missing_ok=True)
    (folder / path).symlink_to(outside if path == "new" else outside / "file")

    assert problems(folder, NEW) == [("unwritable-output", path)]
    assert not list(outside.iterdir())


def test_a_stage_folder_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)

    assert problems(tmp_path / "link", NEW) == [("unwritable-output", "link")]
    assert read_stage(folder).files == OLD


def test_a_folder_where_a_file_belongs_is_named(folder: Path) -> None:
    (folder / "01-network.yaml").unlink()
    (folder / "01-network.yaml").mkdir()

    assert problems(folder, NEW) == [("unwritable-output", "01-network.yaml")]


def test_an_equal_tree_is_not_stale(folder: Path) -> None:
    assert compare(folder, OLD, stage(OLD)) == ()


def test_each_stale_file_is_named_with_its_first_line(folder: Path) -> None:
    (folder / "notes.txt").touch()
    found = compare(folder, NEW, stage(NEW))

    assert [(item.code, item.artifact) for item in found] == [
        ("stale-output", "01-network.yaml"),
        ("stale-output", "manifest.json"),
        ("stale-output", "new/file.json"),
        ("stale-output", "iam/gone.json"),
        ("stale-output", "iam/role.json"),
        ("foreign-file", "notes.txt"),
    ]
    assert found[0].location is not None and found[0].location.line == 2
    assert read_stage_without_notes(folder) == OLD


def read_stage_without_notes(folder: Path) -> Mapping[str, bytes]:
    (folder / "notes.txt").unlink()
    return read_stage(folder).files


def test_a_stage_that_was_never_compiled_is_stale_by_every_file(tmp_path: Path) -> None:
    found = compare(tmp_path / "none", NEW, stage(NEW))

    assert [item.artifact for item in found] == sorted({*NEW, "manifest.json"})
    assert not (tmp_path / "none").exists()


def test_a_folder_of_a_stage_that_has_gone_is_reported_and_kept(tmp_path: Path) -> None:
    for name in ("dev", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "notes").mkdir()
    (found,) = left_over(tmp_path, ("dev",), Severity.WARNING)

    assert (found.code, found.artifact) == ("left-over-stage", "old")
    assert (tmp_path / "old" / "manifest.json").is_file()
    assert left_over(tmp_path / "nowhere", ("dev",), Severity.WARNING) == ()


def test_a_folder_of_another_petc_says_so_first(folder: Path) -> None:
    newer = manifest.build("2", "shop", "dev", [], OLD)

    first, *others = compare(folder, OLD, newer)

    assert (first.code, first.artifact) == ("other-petc", "manifest.json")
    assert first.message == f"{folder} was compiled by petc 1, and this is petc 2"
    assert [item.code for item in others] == ["stale-output"]
    assert compare(folder, OLD, stage(OLD)) == ()
