"""A function's package: its own modules, those it shares, and its locked requirements, in one zip.

In the zip of a Python function the module of the handler stands at the top, the other modules below the
folder's name, shared ones below theirs, requirements at the top. So a module says `from mail import letters`
and `from shared import logs` in the checkout, in the tests and in the zip. Functions of other runtimes keep
their folder as it is, for their modules find each other by relative paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from petc import naming
from petc.deploy.package import codes, sbom, wheels
from petc.deploy.package.wheel_contents import Wheel
from petc.diagnostics import Diagnostic, Rejected
from petc.model.types import Stage
from petc.output.assets import REQUIREMENTS, asset_contents, contents_digest, package_digest
from petc.output.manifest import digest
from petc.output.requirements import RequirementsLock, parsed
from petc.output.zips import zipped

BUDGET = 1_000_000
"""Bytes that a package should stay below, so that a function starts fast."""
LARGEST = 250 * 1024 * 1024
"""Bytes that a package may unpack to; AWS Lambda Developer Guide, "Lambda quotas"."""


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """What a package is made from.

    `digest` is that of the inputs and part of `key`, the object's key in every artifact bucket. `shared` is
    None for a function without shared modules. `at` points at the function in the spec.
    """

    function: str
    folder: Path
    shared: Path | None
    handler: str
    runtime: str
    architecture: str
    digest: str
    key: str
    at: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A package: the zip's bytes, and its bill of materials (CycloneDX) as JSON."""

    function: str
    key: str
    content: bytes
    bill: bytes

    @property
    def sha256(self) -> str:
        """The digest of the zip's bytes, in hexadecimal."""
        return digest(self.content)


def sources(stage: Stage, home: Path) -> tuple[FunctionSource, ...]:
    """Return what each function of a stage is packed from; `home` is the folder of the spec.

    The stage's `assets` have to be filled in, as the pipeline does.
    """
    return tuple(
        FunctionSource(
            function=name,
            folder=_below(home, function.source),
            shared=_below(home, function.shared) if function.shared else None,
            handler=function.handler,
            runtime=function.runtime,
            architecture=function.architecture,
            digest=stage.assets[name],
            key=naming.artifact_key(
                stage.name, stage.stage, "functions", function.key, f"{stage.assets[name]}.zip"
            ),
            at=function.at,
        )
        for name, function in stage.functions.items()
    )


def packed(source: FunctionSource, cache: Path) -> Packed:
    """Return the package of a function; the same inputs give the same bytes everywhere.

    `cache` is a folder that keeps wheels. Raises `Rejected` as `petc.output.assets`, `requirements` and
    `wheels` do, and with `package-moved`, `package-handler`, `package-collision` or `package-size`.
    """
    try:
        return _packed(source, cache)
    except Rejected as rejected:
        raise Rejected(tuple(_at(item, source) for item in rejected.diagnostics)) from None


def _packed(source: FunctionSource, cache: Path) -> Packed:
    own = asset_contents(source.folder)
    shared = asset_contents(source.shared) if source.shared else {}
    folders = [(source.folder.name, contents_digest(own))]
    if source.shared:
        folders.append((source.shared.name, contents_digest(shared)))
    if package_digest(folders, source.handler, source.runtime, source.architecture) != source.digest:
        raise codes.PACKAGE_MOVED.because(
            f"the sources of {source.function} changed after they were compiled",
            "run the command again",
        )
    found = _required(source, own, shared, cache)
    files = _arranged(source, _modules(own), _modules(shared), found)
    size = sum(len(content) for content in files.values())
    if size > LARGEST:
        raise codes.PACKAGE_SIZE.because(
            f"the package of {source.function} unpacks to {size:,} bytes, Lambda holds {LARGEST:,}",
            "drop requirements, or read large files from a bucket",
        )
    content = zipped(files)
    return Packed(source.function, source.key, content, sbom.bill(source.function, content, found))


def _required(
    source: FunctionSource, own: Mapping[str, bytes], shared: Mapping[str, bytes], cache: Path
) -> tuple[Wheel, ...]:
    """Return the wheels of both lock files; one that stands in both is taken once."""
    texts = [
        (folder / REQUIREMENTS, contents[REQUIREMENTS])
        for folder, contents in ((source.folder, own), (source.shared, shared))
        if folder and REQUIREMENTS in contents
    ]
    locks = [parsed(text, str(file)) for file, text in texts]
    options = tuple(dict.fromkeys(option for lock in locks for option in lock.options))
    requirements = tuple(dict.fromkeys(item for lock in locks for item in lock.requirements))
    return wheels.obtained(
        RequirementsLock(options, requirements), source.runtime, source.architecture, cache
    )


def _modules(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in contents.items() if path != REQUIREMENTS}


def _arranged(
    source: FunctionSource, own: Mapping[str, bytes], shared: Mapping[str, bytes], found: Iterable[Wheel]
) -> dict[str, bytes]:
    """Return every file at its place in the zip."""
    entry = source.handler.rpartition(".")[0].replace("\\", "/").lstrip("./")
    python = source.runtime.startswith("python")
    first = entry.replace(".", "/").split("/")[0] if python else ""
    if python and not any(_within(path, first) for path in own):
        raise codes.PACKAGE_HANDLER.because(
            f"{source.function} is called by {source.handler}, and {source.folder} holds no {first}.py",
            "create it, or set `handler`",
        )
    placed: dict[str, tuple[str, bytes]] = {}
    for path, content in own.items():
        at_top = not python or _within(path, first)
        _put(source, placed, path if at_top else f"{source.folder.name}/{path}", content, "its folder")
    for path, content in shared.items():
        assert source.shared is not None
        _put(source, placed, f"{source.shared.name}/{path}", content, "its shared modules")
    for wheel in found:
        for path, content in wheel.files.items():
            _put(source, placed, path, content, f"{wheel.name} {wheel.version}")
    _no_shadows(source, placed)
    return {path: content for path, (_, content) in placed.items()}


def _within(path: str, first: str) -> bool:
    """Whether a file is the handler's module, or belongs to the package that it stands in."""
    return path.split("/")[0] in (first, f"{first}.py")


def _put(
    source: FunctionSource, placed: dict[str, tuple[str, bytes]], path: str, content: bytes, origin: str
) -> None:
    other = placed.setdefault(path, (origin, content))[0]
    if other != origin:
        raise _collision(source, path, other, origin)


def _no_shadows(source: FunctionSource, placed: Mapping[str, tuple[str, bytes]]) -> None:
    """Refuse a module of the function that an import would find in place of another's, or the reverse.

    Distributions may share a top folder (namespace packages), the function's own folders may not.
    """
    tops: dict[str, str] = {}
    for path, (origin, _) in sorted(placed.items()):
        top = path.split("/")[0].removesuffix(".py")
        other = tops.setdefault(top, origin)
        if other != origin and {other, origin} & {"its folder", "its shared modules"}:
            raise _collision(source, top, other, origin)


def _collision(source: FunctionSource, what: str, one: str, other: str) -> Rejected:
    return codes.PACKAGE_COLLISION.because(
        f"in the package of {source.function} {what} would come from {one} and from {other}",
        "rename the folder or the module",
    )


def _below(home: Path, folder: str) -> Path:
    return Path(os.path.normpath(home / folder))


def _at(item: Diagnostic, source: FunctionSource) -> Diagnostic:
    return Diagnostic(item.code, item.severity, item.message, item.pointer or source.at, help=item.help)
