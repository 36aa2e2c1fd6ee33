"""What each command prints, where, and its exit status."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from petc.cli import output, paths
from petc.cli.commands.schema import text
from petc.cli.main import COMMANDS, petc
from petc.cli.options import layer_option
from petc.cli.views import compilation
from petc.diagnostics import Diagnostic, Rejected, Severity
from petc.model.starter import STARTER
from petc.pipeline import Outcome, Request, compile_spec

DAY = ("--as-of", "2026-11-23")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which petc runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def spec(home: Path) -> Path:
    """The starter spec in that folder."""
    run("init")
    return home / "spec" / "spec.yaml"


def run(*arguments: str) -> Result:
    """Run petc in this process."""
    return CliRunner().invoke(petc, list(arguments), env={"NO_COLOR": "1"})


def change(spec: Path, old: str, new: str) -> None:
    """Replace one text of the spec, which must be there."""
    before = spec.read_text("utf-8")
    assert old in before
    spec.write_text(before.replace(old, new), "utf-8")


def test_help_lists_every_command_once() -> None:
    result = run("--help")
    listed = [row.split()[0] for row in result.output.split("Commands:")[1].splitlines() if row.strip()]

    assert result.exit_code == 0
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    assert run(name, "--help").exit_code == 0


def test_init_then_compile_in_an_empty_folder(home: Path) -> None:
    made = run("init")
    compiled = run("compile", "--no-lint", *DAY)

    assert made.output == "wrote spec/spec.yaml; next: petc compile --spec spec/spec.yaml\n"
    assert compiled.exit_code == 0
    assert (home / "generated" / "dev" / "01-network.yaml").is_file()


def test_the_starter_s_first_line_leads_to_the_schema_that_init_writes(spec: Path) -> None:
    first = spec.read_text("utf-8").splitlines()[0]
    target = spec.parent / first.removeprefix("# yaml-language-server: $schema=")

    assert target.read_text("utf-8") == text()


def test_init_overwrites_no_spec(spec: Path) -> None:
    spec.write_text("mine\n", "utf-8")
    result = run("init")

    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert spec.read_text("utf-8") == "mine\n"


def test_init_in_another_folder(home: Path) -> None:
    assert run("init", "deep/er").exit_code == 0
    assert (home / "deep" / "er" / "spec" / "spec.yaml").read_text("utf-8") == STARTER


def test_init_where_nothing_can_be_written(home: Path) -> None:
    (home / "spec").write_text("", "utf-8")
    result = run("init")

    assert result.exit_code == 1
    assert result.stderr


def test_schema_prints_the_published_file() -> None:
    result = run("schema")

    assert result.output == text()
    assert json.loads(result.output)["$id"] == "urn:petc:spec:1"


def test_validate_says_that_there_is_nothing(spec: Path) -> None:
    result = run("validate", *DAY)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "spec/spec.yaml: no findings\n", "")


def test_validate_prints_its_findings_as_its_result(spec: Path) -> None:
    """With excerpt, caret, help and a closing count, on standard output."""
    change(spec, "nat: single ", "nat: singel ")
    result = run("validate", *DAY)

    assert result.exit_code == 1
    assert result.stderr == ""
    assert 'error[not-one-of]: "singel" is not a value of `nat`' in result.stdout
    assert "nat: singel" in result.stdout
    assert "^^^^^^" in result.stdout
    assert result.stdout.endswith("\n1 error\n")


def test_a_warning_does_not_fail(spec: Path) -> None:
    change(spec, "scheme: internal", "scheme: internet-facing")
    result = run("validate", *DAY)

    assert result.exit_code == 0
    assert "warning[plaintext-hop]" in result.stdout


@pytest.mark.parametrize(
    "command", [("validate",), ("compile", "--no-lint"), ("compile", "--no-lint", "--check")]
)
def test_machine_formats_have_standard_output_to_themselves(spec: Path, command: tuple[str, ...]) -> None:
    change(spec, "nat: single ", "nat: singel ")
    results = {name: run(*command, "--format", name, *DAY) for name in ("json", "sarif", "github")}

    assert [result.exit_code for result in results.values()] == [1, 1, 1]
    assert [result.stderr for result in results.values()] == ["", "", ""]
    assert "not-one-of" in str(json.loads(results["json"].stdout))
    assert json.loads(results["sarif"].stdout)["version"] == "2.1.0"
    assert results["github"].stdout.startswith("::error ")


def test_a_clean_machine_answer_is_still_valid(spec: Path) -> None:
    for _ in ("compiled", "nothing to do"):
        result = run("compile", "--no-lint", "--format", "json", *DAY)

        assert result.exit_code == 0
        json.loads(result.stdout)


def test_compile_prints_messages_beside_its_result(spec: Path) -> None:
    change(spec, "scheme: internal", "scheme: internet-facing")
    result = run("compile", "--no-lint", *DAY)

    assert "plaintext-hop" in result.stderr
    assert result.stdout.startswith("shop dev")
    assert "1 warning; " in result.stdout


def test_the_summary_counts_what_stands_in_the_folder(spec: Path, home: Path) -> None:
    result = run("compile", "--no-lint", *DAY)
    manifest = json.loads((home / "generated" / "dev" / "manifest.json").read_text("utf-8"))
    rows = [row.split() for row in result.stdout.splitlines()]
    files = len(manifest["files"]) + 1

    assert [row[1] for row in rows[2 : 2 + len(manifest["layers"])]] == [
        layer["file"].removesuffix(".yaml") for layer in manifest["layers"]
    ]
    assert f"{len(manifest['layers'])} layers" in result.stdout
    assert sum(layer["resources"] for layer in manifest["layers"]) == int(
        rows[2 + len(manifest["layers"])][2]
    )
    assert f"no findings; {files} of {files} files written in generated; " in result.stdout


def test_removed_files_are_not_counted_as_written(spec: Path, home: Path) -> None:
    outcome = compile_spec(Request(spec, "spec.yaml", date(2026, 11, 23), out=home / "out", lint=False))
    changed = ("dev/01-network.yaml", "dev/manifest.json", "dev/13-gone.yaml")
    shown = compilation.summary(
        dataclasses.replace(outcome, changed=changed), "out", "no findings", 1, wrote=True
    )

    assert shown.endswith("\nno findings; 2 of 10 files written, 1 removed in out; 1.0 s")


def test_check_before_and_after(spec: Path) -> None:
    before = run("compile", "--no-lint", "--check", *DAY)
    run("compile", "--no-lint", *DAY)
    after = run("compile", "--no-lint", "--check", *DAY)

    assert (before.exit_code, after.exit_code) == (1, 0)
    assert "stale-output" in before.stderr


def test_lint_needs_a_folder(spec: Path) -> None:
    result = run("lint", *DAY)

    assert result.exit_code == 1
    assert "no-manifest" in result.stdout


@pytest.mark.parametrize("command", ["validate", "compile", "lint"])
def test_without_a_spec_the_way_out_is_said(home: Path, command: str) -> None:
    result = run(command)

    assert result.exit_code == 1
    assert "missing-spec" in result.output
    assert "petc init" in result.output


def test_the_spec_is_found_from_below(spec: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = home / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)

    assert run("validate", *DAY).stdout == "../../spec/spec.yaml: no findings\n"


@pytest.mark.parametrize("inner", ["spec.yaml", "petclinic.yaml"])
def test_the_nearest_spec_is_taken_whatever_its_name(
    inner: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = "petclinic.yaml" if inner == "spec.yaml" else "spec.yaml"
    for folder, name in ((home, outer), (home / "a", inner)):
        (folder / "spec").mkdir(parents=True)
        (folder / "spec" / name).write_text("", "utf-8")
    monkeypatch.chdir(home / "a" / "spec")

    assert paths.find(None) == home / "a" / "spec" / inner


def test_a_named_spec_is_taken_as_it_is(home: Path) -> None:
    assert paths.find(Path("x.yaml")) == Path("x.yaml")
    with pytest.raises(Rejected):
        paths.find(None)


@pytest.mark.parametrize(("spec", "out"), [("p/spec/a.yaml", "p/generated"), ("p/a.yaml", "p/generated")])
def test_output_lies_beside_the_folder_of_the_spec(home: Path, spec: str, out: str) -> None:
    assert paths.default_out(Path(spec)) == Path(out)


def test_explain_a_code() -> None:
    result = run("explain", "unknown-key")

    assert result.exit_code == 0
    assert "unknown-key (error)" in result.output
    assert "refused:" in result.output


def test_explain_a_rule_of_the_linter() -> None:
    assert "rule E3012 of cfn-lint" in run("explain", "lint-e3012").output


@pytest.fixture
def compiled(spec: Path) -> Path:
    """The starter spec, compiled."""
    run("compile", "--no-lint", *DAY)
    return spec


def test_explain_a_logical_id(compiled: Path) -> None:
    rows = run("explain", "ServiceOrders").output.splitlines()
    place = next(
        number for number, row in enumerate(compiled.read_text("utf-8").splitlines(), 1) if row == "  orders:"
    )

    assert rows[0] == "ServiceOrders  AWS::ECS::Service"
    assert rows[1] == "  in    dev/07-application.yaml"
    assert rows[2] == f"  from  spec/spec.yaml:{place}:3  /services/orders"
    assert rows[3].strip() == "orders:"
    assert rows[4].startswith("  for   ")


@pytest.mark.parametrize("subject", ["/services/orders", "/services/orders/"])
def test_explain_a_pointer_lists_what_comes_from_it_and_below(compiled: Path, subject: str) -> None:
    result = run("explain", subject)

    assert result.exit_code == 0
    assert "AWS::ECS::Service\n" in result.output
    assert "/services/orders/uses/orders-db" in result.output
    assert "/databases/orders-db" not in result.output


@pytest.mark.parametrize("file", ["spec/spec.yaml", "spec.yaml"])
def test_explain_a_line(compiled: Path, file: str) -> None:
    rows = compiled.read_text("utf-8").splitlines()
    number = next(number for number, row in enumerate(rows, 1) if row.strip().startswith("orders-db: {pool"))
    result = run("explain", f"{file}:{number}")

    assert result.exit_code == 0
    assert "/services/orders/uses/orders-db" in result.output
    assert "AWS::ECS::Service\n" not in result.output


def test_explain_what_is_not_there_suggests(compiled: Path) -> None:
    result = run("explain", "ServiceOrder")

    assert result.exit_code == 1
    assert "there is no code, resource or place 'ServiceOrder'" in result.stderr
    assert "did you mean 'ServiceOrders'?" in result.stderr


def test_explain_a_resource_before_the_first_compile(spec: Path) -> None:
    result = run("explain", "ServiceOrders")

    assert result.exit_code == 1
    assert "no-manifest" in result.output


def test_explain_shows_an_override(spec: Path) -> None:
    spec.write_text(
        spec.read_text("utf-8")
        + "\noverrides: {application: {ServiceOrders: {reason: the load test needs it, "
        "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
        "utf-8",
    )
    run("compile", "--no-lint", *DAY)

    assert "  overridden: the load test needs it\n" in run("explain", "ServiceOrders").output


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ("", "no findings"),
        ("e", "1 error"),
        ("eew", "2 errors, 1 warning"),
        ("wwn", "2 warnings, 1 note"),
    ],
)
def test_counting(severities: str, expected: str) -> None:
    kinds = {severity.value[0]: severity for severity in Severity}

    assert output.counted([Diagnostic("c", kinds[letter], "m") for letter in severities]) == expected


def test_the_summary_has_no_table_without_artifacts() -> None:
    assert compilation.summary(Outcome(()), "out", "no findings", 0.04, wrote=False) == (
        "no findings; 0 files are up to date in out; 0.0 s"
    )


def process(folder: Path, *arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run petc in a process of its own."""
    run_it = f"{code}\nfrom petc.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", run_it, *arguments], cwd=folder, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--version",), 0),
        (("--help",), 0),
        (("validate",), 1),
        (("validat",), 2),
        (("validate", "--nope"), 2),
        (("compile", "--check", "--watch"), 2),
        (("validate", "--format", "xml"), 2),
        (("validate", "--as-of", "2026-02-30"), 2),
    ],
)
def test_exit_status(home: Path, arguments: tuple[str, ...], status: int) -> None:
    assert process(home, *arguments).returncode == status


@pytest.mark.parametrize(("debug", "shows_traceback"), [((), False), (("--debug",), True)])
def test_a_fault_in_petc(home: Path, debug: tuple[str, ...], shows_traceback: bool) -> None:
    done = process(home, *debug, "boom", code="from petc.cli.main import COMMANDS; COMMANDS['boom'] = ''")

    assert done.returncode == 3
    assert "petc --debug" in done.stderr
    assert ("Traceback" in done.stderr) is shows_traceback


@pytest.mark.parametrize("command", ["status", "drift", "events", "destroy", "deploy"])
def test_the_old_name_of_the_folder_that_is_read_works_and_says_the_new_one(spec: Path, command: str) -> None:
    result = run(command, "--stage", "dev", "--out", "elsewhere")

    assert f"petc {command} reads that folder: write --generated elsewhere instead of --out" in result.stderr
    assert "elsewhere/dev" in result.stderr
    assert "\n  --out " not in run(command, "--help").output


def test_a_missing_stage_names_the_stages_of_the_spec(spec: Path) -> None:
    spec.write_text(spec.read_text("utf-8").rstrip("\n") + "\n  prod: {on_delete: discard}\n", "utf-8")
    result = run("status")

    assert result.exit_code == 2
    assert "spec/spec.yaml has several stages; pass --stage dev or --stage prod" in result.stderr


def test_a_spec_without_stages_says_so(spec: Path) -> None:
    spec.write_text(spec.read_text("utf-8").partition("stages:")[0], "utf-8")
    result = run("plan")

    assert result.exit_code == 2
    assert "spec/spec.yaml defines no stage; add one under `stages`" in result.stderr


def test_the_only_stage_needs_no_name(spec: Path) -> None:
    """The next problem is reported: nothing was compiled yet."""
    result = run("status")

    assert result.exit_code == 1
    assert "generated/dev" in result.stderr


def test_a_layer_may_be_named_with_underscores() -> None:
    """As in the spec; files and messages write hyphens."""
    seen: list[tuple[str, ...]] = []

    @click.command()
    @layer_option("A layer.")
    def probe(layers: tuple[str, ...]) -> None:
        seen.append(layers)

    CliRunner().invoke(probe, ["--layer", "parameter_store", "--layer", "cloud-map"])

    assert seen == [("parameter-store", "cloud-map")]
