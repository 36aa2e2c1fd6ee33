from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from petc.output import manifest
from petc.output.manifest import Manifest, ManifestAsset, ManifestLayer, Parameter

FILES = {"01-network.yaml": b"a: 1\n", "02-database.yaml": b"b: 2\n", "iam/role.json": b"{}\n"}


def layer(name: str, content: bytes, *, number: int = 1, wave: int = 1) -> ManifestLayer:
    return ManifestLayer(
        name=name,
        number=number,
        file=f"{number:02d}-{name}.yaml",
        wave=wave,
        depends_on=(),
        resources=3,
        capabilities=("CAPABILITY_NAMED_IAM",),
        exports=(f"shop-dev-{name}-Id",),
        imports=(),
        parameters=(Parameter("Key", "String", (("", "k"), ("111122223333/eu-west-1", "l"))),),
        assets=(ManifestAsset("mail", "0" * 64, "assets/mail.zip"),),
        sha256=manifest.digest(content),
    )


def stage(files: dict[str, bytes]) -> Manifest:
    """Return the manifest of the files, each `NN-name.yaml` a layer and everything else a report."""
    layers = [
        layer(path[3:-5], files[path], number=int(path[:2]))
        for path in sorted(files)
        if path.endswith(".yaml")
    ]
    return manifest.build("1.0", "shop", "dev", layers, files)


def test_a_manifest_comes_back_from_its_bytes() -> None:
    made = stage(FILES)

    assert manifest.from_bytes(made.to_bytes()) == made


def test_the_bytes_do_not_depend_on_the_order_of_the_files() -> None:
    turned = dict(reversed(FILES.items()))

    assert stage(turned).to_bytes() == stage(FILES).to_bytes()


def test_every_file_is_listed_with_its_digest() -> None:
    assert dict(stage(FILES).files) == {path: manifest.digest(content) for path, content in FILES.items()}
    assert manifest.digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_root_changes_with_what_is_deployed_and_not_with_reports() -> None:
    made = stage(FILES)
    template = stage(FILES | {"01-network.yaml": b"a: 2\n"})
    report = stage(FILES | {"iam/role.json": b"[]\n"})

    assert template.root != made.root and template.reports == made.reports
    assert report.root == made.root and report.reports != made.reports


@pytest.mark.parametrize(
    "change",
    [
        {"assets": ()},
        {"assets": (manifest.ManifestAsset("mail", "1" * 64, "assets/mail.zip"),)},
        {"parameters": ()},
        {"parameters": (manifest.Parameter("Key", "String", (("", "other"),)),)},
    ],
)
def test_the_root_changes_with_assets_and_parameter_values(change: dict[str, object]) -> None:
    files = {"01-network.yaml": b"a"}
    plain = layer("network", b"a")
    changed = dataclasses.replace(plain, **change)  # type: ignore[arg-type]

    assert (
        manifest.build("1", "s", "d", [plain], files).root
        != manifest.build("1", "s", "d", [changed], files).root
    )


def test_a_layer_with_another_template_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="network"):
        manifest.build("1", "s", "d", [layer("network", b"x")], {"01-network.yaml": b"y"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"schema": 1}',
        b"[" * 100_000,
        stage(FILES).to_bytes() + b"\n",
        stage(FILES).to_bytes().replace(b'"schema": 1', b'"schema": 2'),
        stage(FILES).to_bytes().replace(b"assets/mail.zip", b"assets/evil.zip"),
        stage(FILES).to_bytes().replace(b'"k"', b'"z"'),
        stage(FILES).to_bytes().replace(b'"wave": 1', b'"wave": 2'),
        stage(FILES).to_bytes().replace(b"  ", b"\t"),
        stage(FILES).to_bytes().replace(b'"layers": [', b'"layers": 3, "x": ['),
        stage(FILES).to_bytes().replace(b'"key": "assets/mail.zip"', b'"unknown": ""'),
    ],
)
def test_bytes_that_no_manifest_has_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        manifest.from_bytes(content)


def sealed(data: dict[str, object]) -> bytes:
    """Return the bytes as somebody would write them who knows how the seal is made."""
    body = {name: value for name, value in data.items() if name != "seal"}
    text = json.dumps(body, indent=2, sort_keys=True) + "\n"
    seal = {"seal": manifest.digest(text.encode())}
    return (json.dumps(body | seal, indent=2, sort_keys=True) + "\n").encode()


def test_a_sealed_manifest_is_read() -> None:
    assert manifest.from_bytes(sealed(json.loads(stage(FILES).to_bytes()))) == stage(FILES)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Manifest)])
def test_a_field_of_another_type_is_refused_even_when_sealed(name: str) -> None:
    data = json.loads(stage(FILES).to_bytes())
    data[name] = None

    with pytest.raises(ValueError, match=r"."):
        manifest.from_bytes(sealed(data))


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(ManifestLayer)])
def test_a_field_of_a_layer_of_another_type_is_refused_even_when_sealed(name: str) -> None:
    data = json.loads(stage(FILES).to_bytes())
    data["layers"][0][name] = None

    with pytest.raises(ValueError, match=r"."):
        manifest.from_bytes(sealed(data))


def test_a_manifest_needs_no_heavy_import() -> None:
    """The run that finds nothing to do reads a manifest and must not pay for a YAML reader."""
    script = "import sys; import petc.output.manifest; print(*sys.modules)"
    path = manifest.__file__.removesuffix("petc/output/manifest.py")
    run = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )

    assert not {"yaml", "jsonschema", "click", "troposphere", "cfnlint"} & set(run.stdout.split())
