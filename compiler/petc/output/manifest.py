"""What one stage's folder holds: its layers, the digest of every file, and one digest of what is deployed.

Imports nothing heavy: the run that finds nothing to do reads a manifest and compares digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

T = TypeVar("T")

NAME = "manifest.json"
"""The manifest's file name in a stage's folder."""

SCHEMA = 1
"""The version of the manifest's form; a reader refuses another one."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A template parameter of a layer.

    `type` is CloudFormation's. `values` holds pairs of target and value, sorted by target; a target is
    `<account>/<region>` with `*` for any account, or empty for the value of every other target. Never a
    secret: its value would be public here. `unlocked_by` names the service whose image must exist before
    a deployment may pass `full_value`; both are empty for other parameters.
    """

    name: str
    type: str
    values: tuple[tuple[str, str], ...] = ()
    unlocked_by: str = ""
    full_value: str = ""


@dataclass(frozen=True, slots=True)
class ManifestAsset:
    """A function's code: the digest of its inputs (`petc.output.assets`) and its key in the bucket."""

    name: str
    digest: str
    key: str


@dataclass(frozen=True, slots=True)
class ManifestLayer:
    """One layer.

    `file` is its template, `wave` counts from 1 the steps in which layers deploy at the same time, and
    `depends_on` names layers. `resources` is a count. `exports` and `imports` are full export names.
    `sha256` is the template's digest, in hexadecimal.
    """

    name: str
    number: int
    file: str
    wave: int
    depends_on: tuple[str, ...]
    resources: int
    capabilities: tuple[str, ...]
    exports: tuple[str, ...]
    imports: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    assets: tuple[ManifestAsset, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a stage's folder.

    `layers` stand in deployment order. `files` holds pairs of path and digest of every file but the
    manifest, sorted by path. `root` is the digest of what is deployed, `reports` of all other files.
    """

    petc: str
    spec: str
    stage: str
    layers: tuple[ManifestLayer, ...]
    files: tuple[tuple[str, str], ...]
    root: str
    reports: str
    schema: int = SCHEMA

    def to_bytes(self) -> bytes:
        """Return the canonical bytes: JSON with sorted keys, in ASCII.

        The seal is the digest of these bytes without it. It shows an edit by hand or by a merge; it
        proves nothing against intent, which the approved root digest does.
        """
        layers = [
            asdict(layer)
            | {"parameters": [asdict(item) | {"values": dict(item.values)} for item in layer.parameters]}
            for layer in self.layers
        ]
        content: dict[str, object] = {
            "schema": self.schema,
            "petc": self.petc,
            "spec": self.spec,
            "stage": self.stage,
            "layers": layers,
            "files": dict(self.files),
            "root": self.root,
            "reports": self.reports,
        }
        return _canonical(content | {"seal": digest(_canonical(content))})


def digest(content: bytes) -> str:
    """Return the SHA-256 of the content in hexadecimal, as `sha256sum` prints it."""
    return hashlib.sha256(content).hexdigest()


def build(
    petc: str, spec: str, stage: str, layers: Iterable[ManifestLayer], files: Mapping[str, bytes]
) -> Manifest:
    """Return the manifest of the given files, which include every layer's template.

    `petc` is the version, `spec` the spec's name. Raises `ValueError` when a layer names a template that
    is not among the files, or with another digest: a fault of the caller.
    """
    ordered = tuple(layers)
    digests = {path: digest(files[path]) for path in sorted(files)}
    for layer in ordered:
        if digests.get(layer.file) != layer.sha256:
            raise ValueError(f"layer {layer.name} has another template than {layer.file}")
    return Manifest(
        petc, spec, stage, ordered, tuple(digests.items()), _root(ordered), _reports(ordered, digests)
    )


def from_bytes(content: bytes) -> Manifest:
    """Return the manifest that was written as these bytes.

    Raises `ValueError`, with what is wrong, for any other bytes: an edit is always found.
    """
    try:
        data = json.loads(content)
        if data["schema"] != SCHEMA:
            raise ValueError(f"it has schema version {data['schema']}, this petc reads {SCHEMA}")
        manifest = _typed(
            Manifest,
            {name: data[name] for name in ("petc", "spec", "stage", "root", "reports", "schema")}
            | {"layers": tuple(_layer(item) for item in data["layers"]), "files": _pairs(data["files"])},
        )
        canonical = manifest.to_bytes()
        digests = dict(manifest.files)
        right = (
            all(digests.get(layer.file) == layer.sha256 for layer in manifest.layers),
            manifest.root == _root(manifest.layers),
            manifest.reports == _reports(manifest.layers, digests),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError("it is not the manifest that petc writes") from fault
    if not all(right):
        raise ValueError("its digests do not fit each other")
    if canonical != content:
        raise ValueError("it was edited, its seal does not fit")
    return manifest


def _layer(data: dict[str, object]) -> ManifestLayer:
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    found["parameters"] = tuple(
        _typed(Parameter, {**item, "values": _pairs(item["values"])}) for item in _objects(data["parameters"])
    )
    found["assets"] = tuple(_typed(ManifestAsset, item) for item in _objects(data["assets"]))
    return _typed(ManifestLayer, found)


def _objects(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError("not a list of objects")
    return value


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise TypeError("not an object of strings")
    return tuple(value.items())


def _typed(kind: Callable[..., T], values: Mapping[str, object]) -> T:
    """Return the dataclass of these values; strings, counts and tuples of strings have their types."""
    made = kind(**values)
    for item in fields(made):  # type: ignore[arg-type]  # every kind here is a dataclass
        value = values[item.name]
        right = {
            "str": isinstance(value, str),
            "int": type(value) is int,
            "tuple[str, ...]": isinstance(value, tuple) and all(isinstance(part, str) for part in value),
        }
        if not right.get(str(item.type), True):
            raise TypeError(item.name)
    return made


def _root(layers: Iterable[ManifestLayer]) -> str:
    """Return the digest of templates, assets and parameter values; order and reports do not count."""
    deployed = {
        layer.name: {
            "file": layer.file,
            "sha256": layer.sha256,
            "assets": {asset.name: [asset.digest, asset.key] for asset in layer.assets},
            "parameters": {item.name: [dict(item.values), item.full_value] for item in layer.parameters},
        }
        for layer in layers
    }
    return digest(_canonical(deployed))


def _reports(layers: Iterable[ManifestLayer], digests: Mapping[str, str]) -> str:
    templates = {layer.file for layer in layers}
    return digest(_canonical({path: value for path, value in digests.items() if path not in templates}))


def _canonical(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode("ascii")
