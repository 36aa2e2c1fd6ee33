"""The parts of the benchmark run; what they measure is nobody's promise here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import cdk, jobs
from bench.__main__ import main
from bench.process import Command, FailedError, Usage, interleaved
from bench.rows import Row, growth, ratio, table


def test_commands_run_in_turn(tmp_path: Path) -> None:
    order: list[tuple[str, int]] = []

    def command(name: str) -> Command:
        return Command((sys.executable, "-c", ""), tmp_path, lambda number: order.append((name, number)))

    usages = interleaved((command("a"), command("b")), 2)

    assert order == [(name, number) for number in range(3) for name in ("a", "b")]
    assert all(usage.wall > 0 and usage.peak > 0 for usage in usages)


def test_the_first_round_is_not_counted_and_the_rest_by_its_median(tmp_path: Path) -> None:
    walls = iter((90.0, 3.0, 1.0, 2.0))
    (usage,) = interleaved((Command((), tmp_path),), 3, measure=lambda command: Usage(next(walls), 0, 0))

    assert usage.wall == 2


def test_the_benchmark_itself_imports_nothing_that_would_show_in_a_peak() -> None:
    code = "import sys, bench.jobs; sys.exit(any(name.partition('.')[0] == 'petc' for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], cwd=jobs.ROOT).returncode == 0


def test_the_joined_view_is_written_as_one_template(tmp_path: Path) -> None:
    *layers, whole = jobs._templates(jobs.Settings(tmp_path, tmp_path, 1))

    assert len(layers) == 12
    assert whole.read_text("utf-8").count("\n    Type: AWS::") > 300


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    command = Command((sys.executable, "-c", "import sys; print('no such thing'); sys.exit(2)"), tmp_path)

    with pytest.raises(FailedError, match=r"(?s)status 2.*no such thing"):
        interleaved((command,), 1)


def test_a_refusal_that_is_part_of_the_job_is_no_failure(tmp_path: Path) -> None:
    script = "import sys; print('too large'); sys.exit(1)"

    assert interleaved((Command((sys.executable, "-c", script), tmp_path, refusal="too large"),), 1)


def test_a_ratio_beyond_its_budget_is_over() -> None:
    one, other = Usage(3, 3, 30), Usage(2, 2, 20)

    assert [ratio("a", "b", one, other, budget).is_over for budget in (1, 2)] == [True, False]
    assert "| 1.50 × | 1.00 × | over |" in table([ratio("a", "b", one, other, 1)])


def test_what_was_not_measured_says_why_and_is_not_over() -> None:
    row = Row("a", "b", None, 1, note="no node here")

    assert not row.is_over
    assert "| - | 1.00 × | - | no node here |" in table([row])


def test_growth_compares_the_most_services_with_the_fewest() -> None:
    linear = {10: Usage(2, 2, 40), 20: Usage(3, 3, 50), 40: Usage(5, 5, 70)}
    time, memory = growth("job", linear)

    assert time.figure == 0.625
    assert memory.figure == 0.4375
    assert time.note == "each further service 1.00 ×"
    assert growth("job", {**linear, 40: Usage(5, 9, 70)})[0].is_over


def test_the_edit_that_is_measured_has_its_place_in_the_reference_spec() -> None:
    assert jobs.THRESHOLD in (jobs.ROOT / "spec" / "petclinic.yaml").read_text("utf-8")


def test_the_comparable_app_packages_functions_that_exist() -> None:
    folders = re.findall(r'path\.join\(SOURCES, "(\w+)"\)', cdk.APP.read_text("utf-8"))

    assert folders
    assert [name for name in folders if not (jobs.ROOT / "lambda_src" / name).is_dir()] == []


def test_a_small_run_prints_a_row_for_time_and_one_for_memory(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--only", "growth", "--runs", "1", "--small"])

    assert status == 0
    assert capsys.readouterr().out.count("per service, 2 services") == 2
