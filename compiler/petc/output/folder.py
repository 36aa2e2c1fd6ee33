"""A stage's folder: written so that a reader can always tell a whole tree from a torn one.

The order of a write, each step durable before the next:

1. every changed file is written beside its place under a temporary name, and so is the manifest;
2. a journal notes what is ours, then the old manifest is removed: from here the tree is torn;
3. the temporary files take their places, files that the new manifest does not name are removed;
4. the new manifest takes its place: the tree is whole; the journal is removed.

A full disk shows in step 1, when nothing is lost. After a kill in step 2 or 3 the journal without a
manifest says that the tree is torn, and the next write knows from it what it may remove.
A second writer waits for the first (`petc.output.single_writer`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from petc.diagnostics import Diagnostic, Location, Rejected, Severity
from petc.output import codes, errors, manifest, replace, single_writer, tree
from petc.output.manifest import Manifest, digest


@dataclass(frozen=True, slots=True)
class StageFolder:
    """A whole folder: its manifest and the content of every file that the manifest names, by path."""

    folder: Path
    manifest: Manifest
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: the paths that it wrote or removed, and a warning for each foreign file."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]


def write_stage(folder: Path, files: Mapping[str, bytes], stage: Manifest) -> Written:
    """Make the folder hold exactly these files and their manifest; what is right already stays untouched.

    Paths are relative, with slashes. A file that petc did not write, or that was edited since and is no
    longer generated, is never removed, only reported.
    Raises `Rejected` with `unwritable-output` or `disk-full`, temporary files removed, and `ValueError`
    when the manifest is not the one of the files: a fault of the caller.
    """
    if dict(stage.files) != {path: digest(content) for path, content in files.items()}:
        raise ValueError("the manifest lists other files than those to write")
    for path in files:
        if not tree.is_safe(path):
            raise ValueError(f"not a relative path inside the folder: {path!r}")
    try:
        with single_writer.held(folder):
            return _write(folder, {**files, manifest.NAME: stage.to_bytes()})
    except OSError as fault:
        raise Rejected((errors.unwritable(Path(fault.filename or folder), fault),)) from None


def read_stage(folder: Path) -> StageFolder:
    """Return what stands in a whole folder.

    Raises `Rejected` with every problem, each naming its file: `no-manifest`, `torn-folder`,
    `edited-file`, `missing-file`, `foreign-file`, `unreadable-output`.
    """
    try:
        found = tree.entries(folder)
        stage = tree.whole(folder, found)
        contents = {
            path: (folder / path).read_bytes() for path, _ in stage.files if found.get(path) == "file"
        }
    except OSError as fault:
        raise Rejected((errors.unreadable(Path(fault.filename or folder), fault),)) from None
    problems: list[Diagnostic] = []
    for path, expected in stage.files:
        if path not in contents:
            what = "is in the manifest and not in the folder"
            problems.append(tree.problem(folder, codes.MISSING_FILE, path, what))
        elif digest(contents[path]) != expected:
            problems.append(tree.problem(folder, codes.EDITED_FILE, path, "is not what petc wrote"))
    problems += _foreign(folder, found, set(contents), Severity.ERROR)
    if problems:
        raise Rejected(tuple(problems))
    return StageFolder(folder, stage, contents)


def compare(folder: Path, files: Mapping[str, bytes], stage: Manifest) -> tuple[Diagnostic, ...]:
    """Return one error per file that differs from what the spec compiles to now, for `--check`.

    A changed file is placed at its first line that differs. Where another version of petc wrote the folder, that
    comes first, because it is the likely cause. Writes nothing.
    """
    wanted = {**files, manifest.NAME: stage.to_bytes()}
    problems: list[Diagnostic] = list(_of_other_petc(folder, stage.petc))
    try:
        found = tree.entries(folder)
        for path in sorted(wanted):
            if found.get(path) != "file":
                problems.append(tree.problem(folder, codes.STALE_OUTPUT, path, "is missing"))
            elif (content := (folder / path).read_bytes()) != wanted[path]:
                problems.append(_stale(folder, path, content, wanted[path]))
        ours = tree.written(folder)
    except OSError as fault:
        return (errors.unreadable(Path(fault.filename or folder), fault),)
    for path in sorted((ours.keys() & found.keys()) - wanted.keys()):
        problems.append(tree.problem(folder, codes.STALE_OUTPUT, path, "is no longer generated"))
    problems += _foreign(folder, found, {*wanted, *ours}, Severity.ERROR)
    return tuple(problems)


def _of_other_petc(folder: Path, version: str) -> Iterator[Diagnostic]:
    try:
        compiled_by = manifest.from_bytes((folder / manifest.NAME).read_bytes()).petc
    except (OSError, ValueError):
        return  # missing or torn, which is found as such
    if compiled_by != version:
        yield codes.OTHER_PETC.diagnostic(
            f"{folder} was compiled by petc {compiled_by}, and this is petc {version}",
            artifact=manifest.NAME,
            help=f"run petc compile and read what changes, or install petc {compiled_by}",
        )


def left_over(out: Path, stages: Collection[str], severity: Severity) -> tuple[Diagnostic, ...]:
    """Return one finding for each folder that petc wrote for a stage which is no longer among `stages`.

    Nothing is removed: the stage may still be deployed, and its templates are what describes it.
    """
    try:
        folders = sorted(
            path for path in out.iterdir() if path.name not in stages and (path / manifest.NAME).is_file()
        )
    except OSError:
        return ()
    return tuple(
        dataclasses.replace(
            codes.LEFT_OVER_STAGE.diagnostic(
                f"{path.name} is no stage of the spec any more, and its templates are still in {path}",
                artifact=path.name,
                help="delete the folder when nothing of the stage is deployed, or put the stage back into the spec",
            ),
            severity=severity,
        )
        for path in folders
    )


def _write(folder: Path, wanted: Mapping[str, bytes]) -> Written:
    _make_folders(folder, wanted)
    replace.remove_temporary(folder)
    found = tree.entries(folder)
    blocked = [path for path in sorted(wanted) if found.get(path, "file") != "file"]
    if blocked:
        raise Rejected(tuple(errors.blocked(folder / path, f"a {found[path]}") for path in blocked))
    ours = tree.written(folder)
    changed = {
        path: content
        for path, content in wanted.items()
        if path not in found or (folder / path).read_bytes() != content
    }
    removed = tuple(
        path
        for path in sorted(ours.keys() - wanted.keys())
        if found.get(path) == "file" and tree.has_content(folder, path, ours[path])
    )
    if changed or removed:
        # The manifest is written even when its bytes stay, for what counts is that it comes last.
        for path, content in wanted.items():
            ours.setdefault(path, set()).add(digest(content))
        changed[manifest.NAME] = wanted[manifest.NAME]
        replace.replace(folder, changed, removed, ours)
    else:
        (folder / tree.JOURNAL).unlink(missing_ok=True)
    warnings = _foreign(folder, found, {*wanted, *removed}, Severity.WARNING)
    return Written(tuple(sorted(changed)), removed, warnings)


def _make_folders(folder: Path, paths: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Parents sort before what they hold, the folder itself first, so a link is met before anything is
    # made behind it.
    for parent in sorted({parent for path in paths for parent in PurePosixPath(path).parents}):
        if (folder / parent).is_symlink():
            raise Rejected((errors.blocked(folder / parent, "a symbolic link"),))
        (folder / parent).mkdir(exist_ok=True)


def _foreign(
    folder: Path, found: Mapping[str, str], known: set[str], severity: Severity
) -> tuple[Diagnostic, ...]:
    return tuple(
        dataclasses.replace(
            tree.problem(folder, codes.FOREIGN_FILE, path, "was not written by petc"), severity=severity
        )
        for path in tree.foreign(found, known)
    )


def _stale(folder: Path, path: str, content: bytes, wanted: bytes) -> Diagnostic:
    old, new = content.splitlines(keepends=True), wanted.splitlines(keepends=True)
    same = (a == b for a, b in zip(old, new, strict=False))
    line = next((number for number, equal in enumerate(same, 1) if not equal), min(len(old), len(new)) + 1)
    what = f"is not what the spec compiles to, first in line {line}"
    place = Location(str(folder / path), line, 1, line, 1)
    return tree.problem(folder, codes.STALE_OUTPUT, path, what).placed_at(place)
