"""The jobs: each prepares its folders below `home`, measures, and returns its rows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench import cdk, specs
from bench.process import Command, interleaved
from bench.rows import Row, growth, ratio

ROOT = Path(__file__).parents[1]
PETC = Path(sys.executable).with_name("petc")
LINTER = Path(sys.executable).with_name("cfn-lint")
START = "interpreter start that imports click"
DAY = ("--as-of", "2026-11-23")
STAGE = "dev"
QUOTA = "error[quota-exceeded]"
THRESHOLD = "cpu_percent: 80"
"""What the edit changes: a threshold that one layer alone uses."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` is a scratch folder, `cache` one that stays, `runs` how often each command is measured.

    `small` takes the fewest services, for a test of the benchmark itself.
    """

    home: Path
    cache: Path
    runs: int
    small: bool = False


def starts(settings: Settings) -> list[Row]:
    """Measure what imports little: the help, and a compile with nothing to do."""
    home = _reference(settings.home / "starts")
    compiled = Command((PETC, "compile", "--no-lint", *DAY), home)
    interleaved((compiled,), 1)
    unchanged, help, start = interleaved(
        (
            compiled,
            Command((PETC, "--help"), home),
            Command((sys.executable, "-c", "import click"), home),
        ),
        2 * settings.runs,
    )
    return [
        ratio("`petc compile`, nothing to do", START, unchanged, start, 3),
        ratio("`petc --help`", START, help, start, 1.3),
    ]


def synthesis(settings: Settings) -> list[Row]:
    """Measure a cold compile of one stage without lint, against `cdk synth` where there is a node."""
    home = _reference(settings.home / "synthesis")
    what = f"`petc compile --no-lint --stage {STAGE}`, cold"
    compiled = Command(
        (PETC, "compile", "--no-lint", "--stage", STAGE, *DAY), home, lambda number: _clean(home)
    )
    if missing := cdk.missing():
        (cold,) = interleaved((compiled,), settings.runs)
        row = Row(what, "`cdk synth`", None, 1 / 12, note=f"not measured: no {missing} here")
    else:
        packages = cdk.installed(settings.cache)
        out = settings.home / "cdk.out"
        cold, synth = interleaved((compiled, cdk.synthesis(packages, out)), settings.runs)
        row = ratio(what, "`cdk synth` of a comparable app", cold, synth, 1 / 12)
    return [row, Row(f"{what}: peak", "-", cold.peak, 45, "MiB")]


def verification(settings: Settings) -> list[Row]:
    """Measure a cold compile with lint against cfn-lint alone, and the compile after an edit of one layer."""
    home = _reference(settings.home / "verification")
    spec = home / "spec" / "petclinic.yaml"
    original = spec.read_text("utf-8")
    assert THRESHOLD in original, f"the reference spec no longer has {THRESHOLD}"

    def cold(number: int) -> None:
        _clean(home)
        spec.write_text(original, "utf-8")

    def edit(number: int) -> None:
        spec.write_text(original.replace(THRESHOLD, f"cpu_percent: {60 + number}"), "utf-8")

    compiled = (PETC, "compile", "--stage", STAGE, *DAY)
    whole, edited, alone = interleaved(
        (
            Command(compiled, home, cold),
            Command(compiled, home, edit),
            Command(
                (LINTER, "-c", "I", "-e", "--regions", "us-west-2", "-t", *_templates(settings)),
                home,
                succeeds=_any,
            ),
        ),
        max(1, settings.runs // 2),
        warm=False,
    )
    what = f"`petc compile --stage {STAGE}`, cold, whole verification"
    return [
        ratio(what, "`cfn-lint` alone on the same 12 files and the joined view", whole, alone, 1),
        ratio("the same after an edit of one layer", "cold", edited, whole, 1 / 3),
    ]


def growth_with_lint(settings: Settings) -> list[Row]:
    """Measure the whole compile of ever more services."""
    counts = (1, 2) if settings.small else (10, 20, 40)
    return _growth("whole compile", settings, counts, ())


def growth_to_rendering(settings: Settings) -> list[Row]:
    """Measure ever more services up to rendering; at the most of them the rule of quotas refuses the result."""
    counts = (1, 2) if settings.small else (10, 100, 500)
    return _growth("up to rendering", settings, counts, ("--no-lint",))


def deployments(settings: Settings) -> list[Row]:
    """Measure deployments on the local AWS, where the extra for it is installed."""
    if find_spec("ministack") is None:
        return [
            Row("`petc deploy` on the local AWS", "-", None, None, note="not measured: no petc[local] here")
        ]
    # Imports a part of petc, whose memory would count in the peaks of the jobs before.
    from bench import deployments as on_local

    seconds, accounts = (0.5, 2) if settings.small else (6.0, 100)
    return [
        *on_local.calls(_reference(settings.home / "calls")),
        *on_local.preflight(_reference(settings.home / "preflight"), settings.runs),
        *on_local.side_by_side(_reference(settings.home / "path"), seconds),
        *on_local.many_targets(_reference(settings.home / "targets"), accounts),
    ]


JOBS: Mapping[str, Callable[[Settings], list[Row]]] = {
    "starts": starts,
    "synthesis": synthesis,
    "verification": verification,
    "growth": growth_to_rendering,
    "growth-lint": growth_with_lint,
    "deployments": deployments,
}
"""Each job by the name that `--only` takes."""


def _growth(job: str, settings: Settings, counts: tuple[int, ...], options: tuple[str, ...]) -> list[Row]:
    commands = []
    for count in counts:
        home = settings.home / f"services-{count}"
        (home / "spec").mkdir(parents=True, exist_ok=True)
        (home / "spec" / "spec.yaml").write_text(specs.services(count), "utf-8")
        prepare = _cleaner(home)
        commands.append(Command((PETC, "compile", *options, *DAY), home, prepare, refusal=QUOTA))
    used = interleaved(commands, 1 if not options else max(1, settings.runs // 2), warm=False)
    return list(growth(job, dict(zip(counts, used, strict=True))))


def _reference(home: Path) -> Path:
    """Return a copy of the reference spec and of the sources that it names."""
    shutil.rmtree(home, ignore_errors=True)
    for folder in ("spec", "lambda_src", "frontend"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return home


def _templates(settings: Settings) -> tuple[Path, ...]:
    """Return the templates of the reference spec's stage and its joined view, as files."""
    home = _reference(settings.home / "templates")
    folder = home / "generated" / STAGE
    whole = home / "joined.yaml"
    compiled = Command((PETC, "compile", "--no-lint", "--stage", STAGE, *DAY), home)
    written = Command((sys.executable, "-m", "bench.joined", folder, whole), ROOT)
    interleaved((compiled, written), 1, warm=False)
    return (*sorted(folder.glob("*.yaml")), whole)


def _cleaner(home: Path) -> Callable[[int], None]:
    return lambda number: _clean(home)


def _clean(home: Path) -> None:
    """Forget all that a compile leaves behind."""
    for name in ("generated", ".petc"):
        shutil.rmtree(home / name, ignore_errors=True)


def _any(status: int) -> bool:
    """cfn-lint's status counts its findings; here it is only timed."""
    return status >= 0
