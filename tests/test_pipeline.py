"""The phases together: what is collected, what stops, what is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from petc.cli.code_catalogue import every_code
from petc.diagnostics import Diagnostic, Severity
from petc.model.starter import STARTER
from petc.pipeline import Outcome, Request, compile_spec, lint, validate
from petc.report.as_json import render_json
from petc.report.github import render_github
from petc.report.options import RenderOptions
from petc.report.sarif import render_sarif
from petc.report.text import render_text

DAY = date(2026, 11, 23)
PROD = '  prod: {targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}}\n'


def request(folder: Path, text: str = STARTER + PROD, **changes: object) -> Request:
    """Return a request about a spec in a folder, without the linter."""
    spec = folder / "spec.yaml"
    spec.write_text(text, "utf-8")
    asked: dict[str, object] = {"out": folder / "generated", "lint": False, **changes}
    return Request(spec, "spec.yaml", DAY, **asked)  # type: ignore[arg-type]


def line(text: str, part: str) -> int:
    """Return the first line of a text that holds a part."""
    return next(number for number, row in enumerate(text.splitlines(), 1) if part in row)


def said(outcome: Outcome) -> list[str]:
    """Return each diagnostic as `place code stage`."""
    return [f"{item.location} {item.code} {item.stage}".rstrip() for item in outcome.diagnostics]


def test_the_starter_is_clean(tmp_path: Path) -> None:
    outcome = validate(request(tmp_path))

    assert outcome.diagnostics == ()
    assert not outcome.failed
    assert [path.name for path in tmp_path.iterdir()] == ["spec.yaml"]


def test_a_mistake_in_the_base_names_no_stage_and_stands_once(tmp_path: Path) -> None:
    text = (STARTER + PROD).replace("nat: single ", "nat: singel ")

    assert said(validate(request(tmp_path, text))) == [f"spec.yaml:{line(text, 'singel')}:8 not-one-of"]


def test_a_mistake_in_a_stage_names_it(tmp_path: Path) -> None:
    text = STARTER + PROD.replace("{targets", "{on_delet: keep, targets")

    assert said(validate(request(tmp_path, text))) == [
        f"spec.yaml:{line(text, 'on_delet:')}:10 unknown-key prod"
    ]


def test_a_mistake_in_the_defaults_stands_once_however_many_inherit_it(tmp_path: Path) -> None:
    text = STARTER.replace("services:\n", "defaults: {service: {prot: 1}}\nservices:\n  stock: {}\n")
    outcome = validate(request(tmp_path, text))

    assert [(item.code, item.pointer) for item in outcome.diagnostics] == [
        ("unknown-key", "/defaults/service/prot")
    ]


def test_all_problems_of_a_phase_and_of_every_stage_are_said_by_place(tmp_path: Path) -> None:
    text = STARTER.replace("nat: single ", "nat: singel ") + PROD.replace(
        "{targets", "{on_delet: keep, targets"
    )

    assert said(validate(request(tmp_path, text))) == [
        f"spec.yaml:{line(text, 'singel')}:8 not-one-of",
        f"spec.yaml:{line(text, 'on_delet:')}:10 unknown-key prod",
    ]


def test_the_text_of_the_spec_comes_with_what_is_said_of_it(tmp_path: Path) -> None:
    outcome = validate(request(tmp_path, "petc: 1\n"))

    assert outcome.failed
    assert outcome.sources == {"spec.yaml": "petc: 1\n"}


@pytest.mark.parametrize("stages", [("dve",), ("dev", "dve")])
def test_an_unknown_stage_is_refused(tmp_path: Path, stages: tuple[str, ...]) -> None:
    assert [item.code for item in validate(request(tmp_path, stages=stages)).diagnostics] == ["unknown-stage"]


def test_only_the_stages_that_are_asked_for_once_each(tmp_path: Path) -> None:
    outcome = compile_spec(request(tmp_path, stages=("prod", "prod")))

    assert [made.manifest.stage for made in outcome.artifacts] == ["prod"]
    assert [path.name for path in (tmp_path / "generated").iterdir()] == ["prod"]


def test_a_spec_without_stages_is_refused(tmp_path: Path) -> None:
    assert [item.code for item in validate(request(tmp_path, "petc: 1\n")).diagnostics] == ["unknown-stage"]


def test_a_missing_spec_is_refused(tmp_path: Path) -> None:
    outcome = validate(Request(tmp_path / "none.yaml", "none.yaml", DAY))

    assert [item.code for item in outcome.diagnostics] == ["missing-spec"]


def test_compile_writes_every_stage_and_says_what_changed(tmp_path: Path) -> None:
    first = compile_spec(request(tmp_path))
    second = compile_spec(request(tmp_path))

    assert {path.split("/")[0] for path in first.changed} == {"dev", "prod"}
    assert len(first.changed) == sum(len(made.files) + 1 for made in first.artifacts)
    assert second.changed == ()
    assert [made.files for made in first.artifacts] == [made.files for made in second.artifacts]


def test_the_day_touches_messages_only(tmp_path: Path) -> None:
    one = compile_spec(request(tmp_path))
    asked = request(tmp_path)
    other = compile_spec(Request(asked.spec, asked.shown, date(2031, 1, 1), out=asked.out, lint=False))

    assert [made.files for made in one.artifacts] == [made.files for made in other.artifacts]


def test_check_writes_nothing(tmp_path: Path) -> None:
    outcome = compile_spec(request(tmp_path, check=True))

    assert outcome.failed
    assert {item.code for item in outcome.diagnostics} == {"stale-output"}
    assert not (tmp_path / "generated").exists()


def test_check_accepts_what_compile_wrote_and_names_what_is_stale(tmp_path: Path) -> None:
    compile_spec(request(tmp_path, STARTER))
    same = compile_spec(request(tmp_path, STARTER, check=True))
    stale = compile_spec(request(tmp_path, STARTER.replace("max: 2}   #", "max: 4}   #"), check=True))

    assert not same.failed
    assert [item.code for item in stale.diagnostics] == ["stale-output"] * len(stale.diagnostics)
    assert any("03-database.yaml" in item.message for item in stale.diagnostics)


EXCEPTION = """
exceptions:
  one:
    accepts: %s
    at: /services/orders
    owner: shop-team
    reason: a good reason
    until: 2027-01-01
"""


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the verification find one thing."""
    item = Diagnostic("lint-w9999", Severity.WARNING, "found", pointer="/services/orders/port")
    monkeypatch.setattr("petc.verify.all.verified", lambda *arguments: (item,))


def test_a_finding_of_the_verification_is_shown_at_its_line(tmp_path: Path, finding: None) -> None:
    place = f"spec.yaml:{line(STARTER, '  orders:')}:3"

    assert said(compile_spec(request(tmp_path, STARTER, lint=True))) == [f"{place} lint-w9999"]


def test_an_exception_accepts_a_finding_of_the_verification(tmp_path: Path, finding: None) -> None:
    text = STARTER + EXCEPTION % "lint-w9999"

    assert said(compile_spec(request(tmp_path, text, lint=True))) == []
    assert said(lint(request(tmp_path, text))) == []


def test_nobody_says_that_it_is_needless_before_the_verification(tmp_path: Path) -> None:
    text = STARTER + EXCEPTION % "lint-w9999"

    assert said(validate(request(tmp_path, text))) == []
    assert said(compile_spec(request(tmp_path, text))) == []


def test_but_then_somebody_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petc.verify.all.verified", lambda *arguments: ())
    text = STARTER + EXCEPTION % "lint-w9999"

    assert said(compile_spec(request(tmp_path, text, lint=True)))[0].endswith("needless-exception")


def test_an_exception_for_a_rule_is_judged_at_once_and_once(tmp_path: Path, finding: None) -> None:
    text = STARTER + EXCEPTION % "no-such-code"
    outcome = compile_spec(request(tmp_path, text, lint=True))

    assert [item.code for item in validate(request(tmp_path, text)).diagnostics] == ["needless-exception"]
    assert sorted(item.code for item in outcome.diagnostics) == ["needless-exception"]


def test_lint_needs_what_compile_wrote(tmp_path: Path) -> None:
    assert [item.code for item in lint(request(tmp_path, STARTER)).diagnostics] == ["no-manifest"]


def test_sources_of_a_function_that_cannot_be_used(tmp_path: Path) -> None:
    """Both folders are named at their lines, and validate finds it as compile does."""
    text = STARTER.replace(
        "\nload_balancer:",
        "\nfunctions:\n  f: {source: nowhere, shared: gone, trigger: {alarms: true}}\n\nload_balancer:",
    )
    found = {item.pointer: item.code for item in validate(request(tmp_path, text)).diagnostics}

    assert found == {"/functions/f/source": "asset-missing", "/functions/f/shared": "asset-missing"}
    assert compile_spec(request(tmp_path, text)).failed


def test_quotas_are_counted_also_without_the_linter(tmp_path: Path) -> None:
    """Twenty services fit a bucket's megabyte and not a request; nothing is written then."""
    services = "".join(f"  part-{number}: {{uses: {{orders-db: {{pool: 1}}}}}}\n" for number in range(20))
    text = STARTER.replace("services:\n", "services:\n" + services).replace("max: 2}  ", "max: 64} ")
    outcome = compile_spec(request(tmp_path, text))
    inline = compile_spec(request(tmp_path, text.replace("targets: {", "targets: {templates: inline, ")))

    assert not any(item.code == "quota-exceeded" for item in outcome.diagnostics)
    assert any(item.code == "quota-exceeded" and item.location for item in inline.diagnostics)
    assert inline.failed
    assert inline.changed == ()


def test_a_stage_that_left_the_spec_is_a_warning_and_stops_a_check(tmp_path: Path) -> None:
    compile_spec(request(tmp_path))
    after = compile_spec(request(tmp_path, STARTER))
    checked = compile_spec(request(tmp_path, STARTER, check=True))
    asked_for_one = compile_spec(request(tmp_path, STARTER, stages=("dev",)))

    assert [(item.code, item.severity) for item in after.diagnostics] == [
        ("left-over-stage", Severity.WARNING)
    ]
    assert [(item.code, item.severity) for item in checked.diagnostics] == [
        ("left-over-stage", Severity.ERROR)
    ]
    assert asked_for_one.diagnostics == ()
    assert (tmp_path / "generated" / "prod" / "manifest.json").is_file()


def test_settings_keep_numbers_as_they_were_written(tmp_path: Path) -> None:
    """In what all services share, in defaults, in a stage, and in a function's environment."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "handler.py").write_text("def handler(event, context): ...\n", "utf-8")
    text = STARTER.replace(
        "  LOG_FORMAT: json\n", "  LOG_FORMAT: json\n  APP_VERSION: 2.10\n  BUILD: 7210e3\n"
    )
    text += "    configuration: {RATE: 0.1234567890123456789, BUILD: +1}\n"
    text += "functions:\n  report: {source: src, route: /report, environment: {MASK: 0x1F, MODE: 0o17}}\n"
    text += "defaults:\n  function: {environment: {HALF: .5, WHOLE: 1.0}}\n"
    made = compile_spec(request(tmp_path, text)).artifacts[0].files

    stored = made["04-parameter-store.yaml"].decode()
    functions = made["06-functions.yaml"].decode()

    for value in ("2.10", "+1", "0.1234567890123456789"):
        assert f'Value: "{value}"' in stored
    for value in ('HALF: ".5"', 'MASK: "0x1F"', 'MODE: "0o17"', 'WHOLE: "1.0"'):
        assert value in functions


def test_a_number_is_shown_as_it_was_written(tmp_path: Path) -> None:
    outcome = validate(request(tmp_path, STARTER.replace("tag: 1.0.0", "tag: 1.10")))

    assert [item.message for item in outcome.diagnostics] == ["`tag` is 1.10, but must be text"]


@pytest.mark.parametrize("render", [render_text, render_json, render_sarif, render_github])
def test_no_report_repeats_a_secret(render: Callable[..., str], tmp_path: Path) -> None:
    text = STARTER.replace(
        "  LOG_FORMAT: json\n",
        "  LOG_FORMAT: json\n  DB_PASS: made-up-22\n  NOTE: |\n    -Da.token=made-up-22\n",
    )
    outcome = validate(request(tmp_path, text))

    assert [item.code for item in outcome.diagnostics] == ["secret-in-configuration"] * 2
    assert "made-up-22" not in render(outcome.diagnostics, outcome.sources, RenderOptions(codes=every_code()))


@pytest.mark.parametrize("render", [render_text, render_json, render_sarif, render_github])
@pytest.mark.parametrize(
    "line",
    [
        "DB_PASS: [made-up-22]",
        "API_TOKEN: {inner: {password: made-up-22}}",
        "URL: [{at: 'https://me:made-up-22@example.com'}]",
        "X: {'-Da.token': made-up-22}",
    ],
)
def test_no_report_repeats_a_secret_that_stands_where_nothing_may(
    line: str, render: Callable[..., str], tmp_path: Path
) -> None:
    text = STARTER.replace("  LOG_FORMAT: json\n", f"  LOG_FORMAT: json\n  {line}\n")
    outcome = validate(request(tmp_path, text))

    assert [item.code for item in outcome.diagnostics] == ["wrong-type"]
    assert "made-up-22" not in render(outcome.diagnostics, outcome.sources, RenderOptions(codes=every_code()))


@pytest.mark.parametrize(
    "fault", ["on_delet: keep", "databases: []", "logs: {retention_days: 8}", "tags: {a: '&'}"]
)
def test_an_error_in_one_stage_keeps_every_stage_from_being_written(fault: str, tmp_path: Path) -> None:
    text = STARTER + PROD.replace("{targets", f"{{{fault}, targets")
    outcome = compile_spec(request(tmp_path, text))

    assert outcome.failed
    assert not (tmp_path / "generated").exists()


def test_what_cannot_be_written_is_said_of_its_stage(tmp_path: Path) -> None:
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated" / "prod").write_text("in the way", "utf-8")
    outcome = compile_spec(request(tmp_path))

    assert [(item.code, item.stage) for item in outcome.diagnostics] == [("unwritable-output", "prod")]


def test_of_twenty_thousand_problems_a_hundred_are_said_and_the_rest_are_counted(tmp_path: Path) -> None:
    text = STARTER + "".join(f"x{number}: 1\n" for number in range(20_000))
    outcome = validate(request(tmp_path, text))

    assert len(outcome.diagnostics) == 101
    assert {item.code for item in outcome.diagnostics[:-1]} == {"unknown-key"}
    assert outcome.diagnostics[-1].message == "19,900 errors more are not shown"
    assert sum(len(item.message + item.help) for item in outcome.diagnostics) < 100_000
