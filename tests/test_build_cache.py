"""A compile with nothing to do is recognised, and anything that went in or came out ends that."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from petc import build_cache
from petc.build_cache import Memory
from petc.cli.main import petc
from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.model.starter import STARTER
from petc.output.manifest import digest
from petc.pipeline import Outcome, Request, compile_spec

HEAVY = (
    "yaml",
    "troposphere",
    "awacs",
    "jsonschema",
    "cfnlint",
    "boto3",
    "botocore",
    "petc.pipeline",
    "petc.layers",
)
FUNCTION = """
functions:
  quotes:
    source: ../functions/quotes
    uses: {notifications: {}}
    trigger: {schedule: "rate(1 day)"}

load_balancer:"""

PROD = '  prod: {targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}}\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a compiled spec that has one function."""
    (tmp_path / "spec").mkdir()
    text = STARTER.replace("\nload_balancer:", FUNCTION, 1)
    (tmp_path / "spec" / "spec.yaml").write_text(text + PROD, "utf-8")
    (tmp_path / "functions" / "quotes").mkdir(parents=True)
    (tmp_path / "functions" / "quotes" / "handler.py").write_text(
        "def handler(event, context): ...\n", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    made = run()
    assert made.exit_code == 0, made.output
    return tmp_path


def run(*more: str) -> Result:
    """Compile without the linter, as of one day unless another is asked for."""
    days = () if "--as-of" in more else ("--as-of", "2026-11-23")
    return CliRunner().invoke(petc, ["compile", "--no-lint", *days, *more])


def is_replayed(*more: str) -> bool:
    """Compile, and return whether there was nothing to do."""
    result = run(*more)
    assert result.exit_code == 0, result.output
    return "nothing to do" in result.stdout


def test_the_second_time_there_is_nothing_to_do(home: Path) -> None:
    result = run()

    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines() if "(" in line] == [
        ["shop", "dev"],
        ["shop", "prod"],
    ]
    assert "; nothing to do: generated holds what spec/spec.yaml compiles to; " in result.stdout


def test_check_agrees(home: Path) -> None:
    assert is_replayed("--check")


@pytest.mark.parametrize("change", ["# a comment\n", "# 한글\n"])
def test_a_changed_spec_is_compiled(home: Path, change: str) -> None:
    spec = home / "spec" / "spec.yaml"
    spec.write_text(spec.read_text("utf-8") + change, "utf-8")

    assert not is_replayed()
    assert is_replayed()


def test_a_changed_source_is_compiled(home: Path) -> None:
    (home / "functions" / "quotes" / "handler.py").write_text("# other\n", "utf-8")

    assert not is_replayed()


def test_a_new_source_is_compiled(home: Path) -> None:
    (home / "functions" / "quotes" / "more.py").write_text("", "utf-8")

    assert not is_replayed()


def test_a_source_that_has_gone_is_noticed(home: Path) -> None:
    (home / "functions" / "quotes" / "handler.py").unlink()

    assert run().exit_code == 1


@pytest.mark.parametrize("file", ["01-network.yaml", "manifest.json"])
def test_an_edited_output_is_written_anew(home: Path, file: str) -> None:
    path = home / "generated" / "dev" / file
    before = path.read_bytes()
    path.write_bytes(before.replace(b"shop", b"shoq"))

    assert not is_replayed()
    assert path.read_bytes() == before


def test_a_missing_output_is_written_anew(home: Path) -> None:
    (home / "generated" / "prod" / "01-network.yaml").unlink()

    assert not is_replayed()


def test_a_foreign_file_is_reported_again(home: Path) -> None:
    (home / "generated" / "dev" / "notes.txt").write_text("", "utf-8")

    assert "foreign-file" in run().stderr
    assert run("--check").exit_code == 1


@pytest.mark.parametrize(
    "more", [("--as-of", "2026-11-24"), ("--stage", "dev"), ("--lint",), ("--out", "elsewhere")]
)
def test_another_question_is_another_compile(home: Path, more: tuple[str, ...]) -> None:
    assert not is_replayed(*more)


def test_another_petc_is_another_compile(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petc.build_cache.fingerprint", lambda: "other")

    assert not is_replayed()


def test_a_failed_compile_is_not_remembered(home: Path) -> None:
    spec = home / "spec" / "spec.yaml"
    good = spec.read_text("utf-8")
    spec.write_text(good + "colour: red\n", "utf-8")

    assert run().exit_code == 1
    assert run().exit_code == 1
    spec.write_text(good, "utf-8")
    assert is_replayed()


@pytest.mark.parametrize("damage", ["", "[]", "null", "{}", "{", '{"sources": []}', "\xff", "[" * 100_000])
def test_a_damaged_memory_is_no_memory(home: Path, damage: str) -> None:
    (home / ".petc" / "compile.json").write_bytes(damage.encode("latin-1"))

    assert not is_replayed()


@pytest.mark.parametrize("key", ["sources", "roots", "diagnostics"])
def test_a_memory_of_another_shape_is_no_memory(home: Path, key: str) -> None:
    file = home / ".petc" / "compile.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), key: ["x"]}), "utf-8")

    assert not is_replayed()


def test_a_spec_that_became_a_pipe_is_refused_and_not_waited_for(home: Path) -> None:
    (home / "spec" / "spec.yaml").unlink()
    os.mkfifo(home / "spec" / "spec.yaml")

    assert run().exit_code == 1


def test_a_save_during_the_compile_is_compiled_next(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled is remembered, not what the file holds by then."""
    spec = home / "spec" / "spec.yaml"
    spec.write_text(spec.read_text("utf-8") + "# first\n", "utf-8")

    def saving(request: Request) -> Outcome:
        outcome = compile_spec(request)
        spec.write_text(spec.read_text("utf-8").replace("max: 2", "max: 3"), "utf-8")
        return outcome

    with monkeypatch.context() as patched:
        patched.setattr("petc.cli.full_compile.compile_spec", saving)
        assert run().exit_code == 0

    assert not is_replayed()


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    build_cache.remember(tmp_path / "file", Memory("q", "p", "s", {}, {}, ()))

    assert build_cache.recall(tmp_path / "file", "q", tmp_path / "spec.yaml") is None


def test_what_was_said_is_said_again(tmp_path: Path) -> None:
    """Every field of a diagnostic survives the way through the file."""
    spec = tmp_path / "spec.yaml"
    spec.write_text("a", "utf-8")
    place = Location("spec.yaml", 1, 2, 3, 4)
    item = Diagnostic(
        code="c",
        severity=Severity.WARNING,
        message="m",
        pointer="/a",
        location=place,
        help="h",
        related=(Related("r", place, "/b"), Related("s")),
        on_key=True,
        stage="dev",
        artifact="01-network.yaml",
    )
    memory = Memory("q", build_cache.fingerprint(), digest(b"a"), {}, {}, (item,))
    build_cache.remember(tmp_path / "cache", memory)

    assert all(getattr(item, field.name) for field in dataclasses.fields(item))
    assert build_cache.recall(tmp_path / "cache", "q", spec) == build_cache.Recalled((item,), ())
    assert build_cache.recall(tmp_path / "cache", "other", spec) is None


def test_warnings_are_printed_again(home: Path) -> None:
    spec = home / "spec" / "spec.yaml"
    spec.write_text(spec.read_text("utf-8").replace("scheme: internal", "scheme: internet-facing"), "utf-8")
    first, second = run(), run()

    assert "nothing to do" in second.stdout
    assert "plaintext-hop" in first.stderr
    assert second.stderr == first.stderr
    assert json.loads(run("--format", "json").stdout) == json.loads(
        run("--format", "json", "--as-of", "2026-11-23").stdout
    )


def test_the_fingerprint_follows_petc_and_its_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_cache.fingerprint()
    (tmp_path / "extra.py").write_text("", "utf-8")
    folders = (*build_cache._data_folders(), str(tmp_path))

    assert build_cache.fingerprint() == before
    with monkeypatch.context() as patched:
        patched.setattr("petc.build_cache.LIBRARIES", build_cache.LIBRARIES[1:])
        assert build_cache.fingerprint() != before
    with monkeypatch.context() as patched:
        patched.setattr("petc.build_cache._data_folders", lambda: folders)
        added = build_cache.fingerprint()
        os.utime(tmp_path / "extra.py", (1, 1))
        assert added not in (before, build_cache.fingerprint())


def loaded(folder: Path, *arguments: str) -> list[str]:
    """Run petc in a process of its own, and return which heavy modules it loaded."""
    code = (
        "import sys\nfrom petc.cli.main import petc\n"
        f"petc({list(arguments)!r}, standalone_mode=False)\n"
        f"print('loaded', *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()[1:]


def test_nothing_to_do_loads_nothing_heavy(home: Path) -> None:
    today = date(2026, 11, 23).isoformat()

    assert loaded(home, "compile", "--no-lint", "--as-of", today) == []
    assert "troposphere" in loaded(home, "compile", "--no-lint", "--as-of", "2026-11-25")


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("schema",)])
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert loaded(tmp_path, *arguments) == []
