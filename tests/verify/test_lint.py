from __future__ import annotations

from pathlib import Path

import pytest

from petc.verify import lint
from tests.verify import sample

REGIONS = ("us-west-2",)


def wrong() -> sample.Template:
    body = sample.resource("AWS::S3::Bucket", "/site", VersioningConfiguration={"Status": "On"})
    return sample.template(Site={**body, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})


def test_a_template_in_plain_values_is_linted() -> None:
    (found,) = lint.findings(wrong(), REGIONS)

    assert found.rule == "E3030"
    assert found.path == ("Resources", "Site", "Properties", "VersioningConfiguration", "Status")


def test_two_equal_findings_at_two_places_are_both_reported() -> None:
    body = wrong()
    body["Resources"]["Other"] = body["Resources"]["Site"]

    assert [item.logical_id for item in lint.findings(body, REGIONS)] == ["Other", "Site"]


def test_a_directive_hides_nothing_here() -> None:
    body = wrong()
    body["Resources"]["Site"]["Metadata"]["cfn-lint"] = {"config": {"ignore_checks": ["E3030"]}}

    assert [item.rule for item in lint.findings(body, REGIONS)] == ["E3030"]


def test_a_configuration_file_of_the_user_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".cfnlintrc").write_text("no_such_option: refused when it is read\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    lint._runner.cache_clear()
    found = lint.findings(wrong(), REGIONS)
    lint._runner.cache_clear()

    assert [item.rule for item in found] == ["E3030"]
