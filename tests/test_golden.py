"""The golden folders hold what their specs compile to, the templates have no finding, and ids are a decision."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from petc.artifacts import Artifacts
from petc.output.folder import read_stage
from petc.verify.rendered import mapping, resources, sequence
from tests.golden import __main__ as golden

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
            view = Artifacts.of_folder(read_stage(folder)).view
            assert not any("cfn-lint" in item.section("Metadata") for item in view)
            for resource in resources(view):
                metadata = mapping(resource.body.get("Metadata"))
                directive = mapping(mapping(metadata.get("cfn-lint")).get("config"))
                reasons = mapping(mapping(metadata.get("petc")).get("accepted"))
                ignored = sequence(directive.get("ignore_checks"))
                assert sorted(map(str, ignored)) == sorted(reasons), resource.artifact
