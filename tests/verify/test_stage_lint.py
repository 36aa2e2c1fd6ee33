from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from petc.diagnostics import Diagnostic, Severity
from petc.verify import stage_lint
from petc.verify.accepted import Located
from petc.verify.findings import LintFinding
from petc.verify.rendered import Json, View
from tests.verify import sample

REGIONS = ("us-west-2",)


def bucket(**properties: Json) -> sample.Template:
    body = sample.resource("AWS::S3::Bucket", "/site", **properties)
    return sample.template(Site={**body, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})


def wrong() -> sample.Template:
    return bucket(VersioningConfiguration={"Status": "On"})


def linted(view: View, cache: Path | None = None) -> tuple[Diagnostic, ...]:
    return stage_lint.check(view, REGIONS, cache)


def test_a_whole_stage_is_clean_in_every_template_and_joined() -> None:
    assert linted(sample.stage(2)) == ()


def test_a_finding_is_placed_at_the_spec_and_names_rule_and_place() -> None:
    (found,) = linted(sample.view(wrong()))

    assert found.code == "lint-e3030"
    assert found.severity is Severity.ERROR
    assert found.pointer == "/site"
    assert found.artifact == "01-a.yaml:Site"
    assert "(E3030 at Properties/VersioningConfiguration/Status)" in found.message


def test_informational_and_experimental_rules_are_on() -> None:
    body = wrong()
    del body["Resources"]["Site"]["Metadata"][sample.CONTEXT]

    assert {item.code: item.severity for item in linted(sample.view(body))}["lint-i4010"] is Severity.NOTE


def by_import(value: Json) -> View:
    """The second layer gives what it imports to a property that takes a role's ARN."""
    producer = bucket()
    producer["Outputs"] = sample.export("a", "Value", value)
    task = sample.resource(
        "AWS::ECS::TaskDefinition",
        "/services/api",
        Family="x",
        TaskRoleArn=sample.imported("a", "Value"),
        ContainerDefinitions=[{"Name": "app", "Image": "busybox"}],
    )
    return sample.view(producer, sample.template(Site=task))


def test_the_joined_view_finds_what_an_import_hides_and_names_the_importing_layer() -> None:
    wrong_value, right_value = sample.get("Site", "Arn"), "arn:aws:iam::111122223333:role/x"
    (found,) = linted(by_import(wrong_value))

    assert found.code == "lint-e1040"
    assert found.artifact == "02-b.yaml:Site"
    assert found.pointer == "/services/api"
    assert linted(by_import(right_value)) == ()


def test_quotas_of_one_template_do_not_count_for_the_joined_view() -> None:
    whole = (
        LintFinding("E3010", "too many resources", ("Resources",)),
        LintFinding("E9999", "other", ("Resources",)),
    )

    assert [item.finding.rule for item in stage_lint._only_joined({}, whole, ())] == ["E9999"]


def test_what_a_layer_shows_already_is_not_repeated_for_the_joined_view() -> None:
    own = (Located(0, LintFinding("E3030", "text", ("Resources", "Site", "Properties"))),)
    whole = (LintFinding("E3030", "other text", ("Resources", "ASite", "Properties")),)

    assert stage_lint._only_joined({("Resources", "ASite"): (0, "Site")}, whole, own) == ()


def accepting(rule: str, reason: str | None, template: sample.Template) -> View:
    metadata = template["Resources"]["Site"]["Metadata"]
    metadata["cfn-lint"] = {"config": {"ignore_checks": [rule]}}
    if reason is not None:
        metadata["petc"]["accepted"] = {rule: reason}
    return sample.view(template)


def test_a_finding_that_is_accepted_with_a_reason_is_silent() -> None:
    assert linted(accepting("E3030", "the service takes it", wrong())) == ()


@pytest.mark.parametrize("reason", [None, " "])
def test_a_suppression_without_reason_hides_nothing_and_is_a_finding(reason: str | None) -> None:
    codes = [item.code for item in linted(accepting("E3030", reason, wrong()))]

    assert codes == ["lint-e3030", "unexplained-suppression"]


def test_a_suppression_of_what_no_longer_fires_is_a_finding() -> None:
    assert [item.code for item in linted(accepting("E3030", "once needed", bucket()))] == [
        "needless-suppression"
    ]


def test_a_reason_without_directive_is_a_finding() -> None:
    body = bucket()
    body["Resources"]["Site"]["Metadata"]["petc"]["accepted"] = {"E3030": "because"}

    assert [item.code for item in linted(sample.view(body))] == ["needless-suppression"]


def test_a_template_wide_directive_hides_nothing_and_is_a_finding() -> None:
    body = wrong()
    body["Metadata"]["cfn-lint"] = {"config": {"ignore_checks": ["E3030"]}}
    codes = [item.code for item in linted(sample.view(body))]

    assert codes == ["lint-e3030", "unexplained-suppression"]


def test_one_process_and_two_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    view = sample.view(wrong(), bucket(), wrong())
    forked = linted(view)
    monkeypatch.setattr(stage_lint, "_may_fork", lambda: False)

    assert linted(view) == forked
    assert len(forked) == 2


def test_kept_results_are_used_and_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = sample.view(wrong())
    first = linted(view, tmp_path)

    def refuse(*_: object) -> tuple[()]:
        raise AssertionError("linted again")

    monkeypatch.setattr(stage_lint, "_run", refuse)

    assert linted(view, tmp_path) == first
    with pytest.raises(AssertionError, match="linted again"):
        linted(sample.view(bucket()), tmp_path)
    with pytest.raises(AssertionError, match="linted again"):
        stage_lint.check(view, ("eu-west-1",), tmp_path)


def test_a_run_with_all_results_kept_does_not_import_the_linter(tmp_path: Path) -> None:
    linted(sample.stage(1), tmp_path)
    code = (
        "import sys; from pathlib import Path; from petc.verify import stage_lint;"
        "from tests.verify import sample;"
        f"assert stage_lint.check(sample.stage(1), ('us-west-2',), Path({str(tmp_path)!r})) == ();"
        "sys.exit('cfnlint' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "compiler:."}).returncode == 0


def test_results_about_functions_are_kept_for_a_day_only() -> None:
    function = sample.view(sample.template(Api=sample.resource("AWS::Lambda::Function")))
    plain = sample.view(bucket())

    def keys(view: View, today: str) -> list[str]:
        return [task.key for task in stage_lint._tasks(view, REGIONS, today)]

    assert keys(function, "2026-11-23") != keys(function, "2026-11-24")
    assert keys(plain, "2026-11-23") == keys(plain, "2026-11-24")


def test_a_region_that_the_linter_does_not_know_is_judged_by_another_with_a_note() -> None:
    (note, found) = stage_lint.check(sample.view(wrong()), ("ap-southeast-12", "us-west-2"))

    assert (note.code, note.severity, note.pointer) == (
        "region-not-linted",
        Severity.NOTE,
        "/targets/regions/ap-southeast-12",
    )
    assert found.code == "lint-e3030"
