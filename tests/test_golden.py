"""The golden folders hold what their specs compile to, the templates have no finding, and ids are a decision."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.golden import __main__ as golden

from petc.output.folder import read_stage
from petc.output.reader import read

SPECS = (*golden.specs(), golden.ROOT / "spec" / "petclinic.yaml")


def out_of(spec: Path) -> Path:
    """Return where the generated files of a spec stand."""
    return golden.ROOT / "generated" if spec.name == "petclinic.yaml" else golden.out_of(spec)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.parts[-3])
def test_the_folder_is_what_the_spec_compiles_to(spec: Path) -> None:
    """Byte by byte; `make golden` writes them anew, and their difference is read like code."""
    outcome = golden.compiled(spec, out_of(spec), lint=False, check=True)

    assert [f"{item.code}: {item.message}" for item in outcome.diagnostics] == []
    assert outcome.artifacts


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.parts[-3])
def test_the_templates_have_no_finding(spec: Path, tmp_path: Path) -> None:
    """cfn-lint with every level, on each template and on all joined; links, names, alarms, quotas."""
    outcome = golden.compiled(spec, tmp_path / "generated", lint=True)

    assert [f"{item.code}: {item.artifact}: {item.message}" for item in outcome.diagnostics] == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.parts[-3])
def test_every_logical_id_is_on_the_list(spec: Path) -> None:
    """A new, changed or lost id shows in logical-ids.txt: a rename replaces a resource, so it is decided."""
    listed = (
        out_of(spec).parent / "logical-ids.txt"
        if spec.name != "petclinic.yaml"
        else golden.HOME / "petclinic-ids.txt"
    )

    assert listed.read_text("utf-8") == golden.logical_ids(out_of(spec))


@pytest.mark.parametrize("spec", golden.specs(), ids=lambda spec: spec.parts[-3])
def test_a_golden_spec_shares_no_name_with_the_reference(spec: Path) -> None:
    """What compiles here owes nothing to the reference spec."""
    words = re.compile(r"customers|vets|visits|petclinic|clinic|genai", re.IGNORECASE)

    assert not words.search(spec.read_text("utf-8"))
    for path in out_of(spec).rglob("*.yaml"):
        assert not words.search(path.read_text("utf-8")), path


def test_the_suppressions_of_all_specs_have_reasons() -> None:
    """No rule is switched off but on one resource, with the reason beside it."""
    for spec in SPECS:
        for folder in sorted(path for path in out_of(spec).iterdir() if path.is_dir()):
            for path, content in read_stage(folder).files.items():
                if not path.endswith(".yaml"):
                    continue
                template = read(content.decode(), path)
                assert isinstance(template, dict)
                assert "cfn-lint" not in str(template.get("Metadata"))
                resources = template["Resources"]
                assert isinstance(resources, dict)
                for name, body in resources.items():
                    metadata = body["Metadata"]  # type: ignore[call-overload,index]
                    ignored = metadata.get("cfn-lint", {}).get("config", {}).get("ignore_checks", [])  # type: ignore[union-attr,call-overload]
                    reasons = metadata["petc"].get("accepted", {})  # type: ignore[call-overload,index,union-attr]
                    assert sorted(ignored) == sorted(reasons), f"{path} {name}"  # type: ignore[arg-type]
