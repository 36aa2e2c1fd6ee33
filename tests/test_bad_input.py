"""Every bad input ends in a message and the documented exit status, never in a traceback, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from petc.model.starter import STARTER

RUN = (sys.executable, "-c", "from petc.cli import main; main()")


def petc(
    folder: Path, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run petc in a folder as a user does."""
    return subprocess.run(
        [*RUN, *arguments], cwd=folder, capture_output=True, text=True, errors="replace", timeout=120, env=env
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the starter spec."""
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "spec.yaml").write_text(STARTER, "utf-8")
    return tmp_path


FILES = {
    "empty": b"",
    "a list": b"- petc: 1\n",
    "alias cycle": b"a: &a [*a]\n",
    "tabs": b"petc: 1\nnetwork:\n\tcidr: 10.0.0.0/16\n",
    "utf-16": "petc: 1\n".encode("utf-16"),
    "a NUL byte": b"petc: 1\nname: a\0b\n",
    "latin-1": "petc: 1\ndescription: Gr\xfc\xdfe\n".encode("latin-1"),
    "200 levels": b"a: " + b"[" * 200 + b"]" * 200,
    "no stage": b"petc: 1\nname: a\ntags: {owner: a, cost-centre: b}\n",
    "stages of a wrong kind": b"petc: 1\nname: a\nstages: [dev]\n",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["validate", "compile", "lint", "explain"])
def test_a_bad_file_is_refused_with_its_name(home: Path, name: str, command: str) -> None:
    """Status 1, a message that names the file, no traceback."""
    (home / "spec" / "spec.yaml").write_bytes(FILES[name])
    extra = ("/services",) if command == "explain" else ()
    done = petc(home, command, *extra)

    assert done.returncode == 1
    assert "spec/spec.yaml" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_terabyte_is_refused_by_its_size(home: Path) -> None:
    """Refused before the file is read, which would never end: the file has no blocks, only a length."""
    spec = home / "spec" / "spec.yaml"
    spec.write_bytes(b"a: &a [*a]\n")
    os.truncate(spec, 1 << 40)
    done = petc(home, "validate")

    assert done.returncode == 1
    assert "too-large" in done.stdout


def test_a_directory_and_a_missing_file(home: Path) -> None:
    """Both are named."""
    assert petc(home, "validate", "--spec", "spec").returncode == 1
    assert petc(home, "validate", "--spec", "nowhere.yaml").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [("compile", "--check", "--watch"), ("validate", "--as-of", "soon"), ("no-such-command",), ("explain",)],
)
def test_wrong_usage_has_status_2(home: Path, arguments: tuple[str, ...]) -> None:
    """The way of click: usage on standard error."""
    done = petc(home, *arguments)

    assert done.returncode == 2
    assert "Usage" in done.stderr or "Error" in done.stderr


def test_an_unknown_stage_has_a_suggestion(home: Path) -> None:
    """A slip in a stage's name is the user's, and mended by the message."""
    done = petc(home, "compile", "--stage", "dve")

    assert done.returncode == 1
    assert "did you mean 'dev'" in done.stderr


def test_output_that_cannot_be_written(home: Path) -> None:
    """A file where the folder should be."""
    (home / "generated").write_text("in the way", "utf-8")
    done = petc(home, "compile", "--no-lint")

    assert done.returncode == 1
    assert "unwritable-output" in done.stderr
    assert (home / "generated").read_text("utf-8") == "in the way"


def test_a_compile_killed_at_any_time_is_repaired_by_the_next(home: Path) -> None:
    """`kill -9` again and again, earlier and later: lint refuses or accepts, and compile makes it whole."""
    for delay in (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        (home / "spec" / "spec.yaml").write_text(
            STARTER.replace("max: 2", f"max: {int(delay * 100)}", 1), "utf-8"
        )
        process = subprocess.Popen([*RUN, "compile", "--no-lint"], cwd=home, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        checked = petc(home, "compile", "--no-lint")
        assert checked.returncode == 0, checked.stderr
        assert petc(home, "compile", "--no-lint", "--check").returncode == 0


def test_an_edited_template_is_refused_by_name(home: Path) -> None:
    """Lint does not judge what petc did not write, and compile writes it anew."""
    assert petc(home, "compile", "--no-lint").returncode == 0
    template = home / "generated" / "dev" / "01-network.yaml"
    template.write_text(template.read_text("utf-8").replace("10.20.0.0/16", "0.0.0.0/0"), "utf-8")
    refused = petc(home, "lint")

    assert refused.returncode == 1
    assert "01-network.yaml" in refused.stdout
    assert petc(home, "compile", "--no-lint", "--check").returncode == 1
    assert petc(home, "compile", "--no-lint").returncode == 0
    assert "10.20.0.0/16" in template.read_text("utf-8")


def test_an_interrupt_leaves_a_whole_folder(home: Path) -> None:
    """Ctrl-C ends with status 130 and a sentence, and the next compile finds nothing torn."""
    assert petc(home, "compile", "--no-lint").returncode == 0
    process = subprocess.Popen(
        [*RUN, "compile", "--watch", "--no-lint"],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background ignores interrupts, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "interrupted" in errors
    assert petc(home, "compile", "--no-lint", "--check").returncode == 0


def test_a_reader_that_goes_away_is_no_fault(home: Path) -> None:
    """`petc schema | head` ends quietly."""
    done = subprocess.run(
        f'{RUN[0]} -c "{RUN[2]}" schema | head -n 1', shell=True, cwd=home, capture_output=True, text=True
    )

    assert done.stdout.startswith("{")
    assert done.stderr == ""


def test_init_never_overwrites(tmp_path: Path) -> None:
    """The starter compiles; a second init is refused."""
    assert petc(tmp_path, "init").returncode == 0
    assert petc(tmp_path, "compile", "--no-lint").returncode == 0
    assert petc(tmp_path, "init").returncode == 1


def test_a_fault_in_petc_has_status_3_and_no_traceback(home: Path) -> None:
    """What nobody foresaw is said to be petc's fault, with the way to report it."""
    broken = "from petc.cli.main import COMMANDS; COMMANDS['boom'] = ''; from petc.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", broken, "boom"], cwd=home, capture_output=True, text=True)

    assert done.returncode == 3
    assert "fault in petc" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_do_is_said_and_writes_nothing(home: Path) -> None:
    """The second compile reads digests only."""
    assert petc(home, "compile", "--no-lint").returncode == 0
    stamp = (home / "generated" / "dev" / "manifest.json").stat().st_mtime_ns
    again = petc(home, "compile", "--no-lint")

    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert (home / "generated" / "dev" / "manifest.json").stat().st_mtime_ns == stamp


def test_the_day_never_changes_what_is_compiled(home: Path) -> None:
    """`--as-of` may change messages and the status, not a byte."""
    assert petc(home, "compile", "--no-lint", "--as-of", "2026-01-01").returncode == 0
    first = {path.name: path.read_bytes() for path in (home / "generated" / "dev").iterdir()}
    petc(home, "compile", "--no-lint", "--as-of", "2026-12-31")
    second = {path.name: path.read_bytes() for path in (home / "generated" / "dev").iterdir()}

    assert first == second


def test_no_color_and_pipes_have_no_escape_codes(home: Path) -> None:
    """Colour is for terminals."""
    (home / "spec" / "spec.yaml").write_text(STARTER + "colour: red\n", "utf-8")
    done = petc(home, "validate", env={**os.environ, "TERM": "xterm-256color"})

    assert done.returncode == 1
    assert "\x1b" not in done.stdout


def test_a_reader_that_goes_away_leaves_the_exit_status_to_the_command(home: Path) -> None:
    """What is asked of a command is done to its end; only what it says goes nowhere."""
    run = f'{RUN[0]} -c "{RUN[2]}"'
    good, bad = (
        f"{run} compile --no-lint 2>&1 | true; echo $?",
        f"{run} lint --stage none 2>&1 | true; echo $?",
    )
    script = f"set -o pipefail; {good}; {bad}"
    done = subprocess.run(["bash", "-c", script], cwd=home, capture_output=True, text=True)

    assert done.stdout.split() == ["0", "1"]
    assert (home / "generated" / "dev" / "manifest.json").exists()
