"""`petc package` writes each zip at its key with its bill beside it, and says what it made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from petc.cli.main import petc

DAY = ("--as-of", "2026-11-23")
SPEC = """
petc: 1
name: shop
tags: {owner: team, cost-centre: "1"}
targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}
network: {cidr: 10.0.0.0/16}
functions:
  mail: {source: ../mail, description: sends, trigger: {schedule: rate(1 hour)}}
  post: {source: ../post, description: posts, trigger: {schedule: rate(1 hour)}}
stages: {dev: {}}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec with two functions, in whose folder petc runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("mail", "post"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "handler.py").write_text("def handler(event, context):\n    return 1\n", "utf-8")
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "spec.yaml").write_text(SPEC, "utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(petc, ["package", *arguments, *DAY], env={"NO_COLOR": "1"})


def zips(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.zip"))


def test_each_function_is_packed(home: Path) -> None:
    result = run()

    assert result.exit_code == 0, result.output
    assert [path.parent.name for path in zips(home / ".petc" / "packages")] == ["mail", "post"]
    assert "2 packages in .petc/packages" in result.stdout


def test_each_stage_has_a_key_of_its_own_with_the_same_bytes(home: Path) -> None:
    """Whoever deploys one stage may write below its prefix only (docs/decisions/artifact-bucket.md)."""
    (home / "spec" / "spec.yaml").write_text(SPEC.replace("{dev: {}}", "{dev: {}, live: {}}"), "utf-8")
    assert run("--function", "mail").exit_code == 0
    dev, live = zips(home / ".petc" / "packages")

    assert (dev.parents[2].name, live.parents[2].name) == ("dev", "live")
    assert dev.read_bytes() == live.read_bytes()


def test_the_table_says_size_digest_and_key(home: Path) -> None:
    result = run("--function", "mail", "--out", "here")
    (made,) = zips(home / "here")
    row = next(line for line in result.stdout.splitlines() if line.lstrip().startswith("mail"))

    assert row.split() == [
        "mail",
        str(made.stat().st_size),
        hashlib.sha256(made.read_bytes()).hexdigest()[:12],
        str(made.relative_to(home / "here")),
    ]


def test_the_bill_lies_beside_the_zip_and_names_its_digest(home: Path) -> None:
    run("--function", "mail", "--out", "here")
    (made,) = zips(home / "here")
    bill = json.loads(made.with_name(made.stem + ".cdx.json").read_text("utf-8"))

    assert bill["metadata"]["component"]["hashes"][0]["content"] == (
        hashlib.sha256(made.read_bytes()).hexdigest()
    )


def test_the_key_is_the_one_in_the_manifest(home: Path) -> None:
    CliRunner().invoke(petc, ["compile", "--no-lint", *DAY])
    run("--out", "here")
    manifest = json.loads((home / "generated" / "dev" / "manifest.json").read_text("utf-8"))
    keys = sorted(asset["key"] for layer in manifest["layers"] for asset in layer["assets"])

    assert [str(path.relative_to(home / "here")) for path in zips(home / "here")] == keys


def test_a_second_run_writes_the_same_bytes(home: Path) -> None:
    run("--out", "one")
    run("--out", "two")

    assert [path.read_bytes() for path in zips(home / "one")] == [
        path.read_bytes() for path in zips(home / "two")
    ]


def test_an_unknown_function_is_wrong_usage(home: Path) -> None:
    result = run("--function", "nothing")

    assert result.exit_code == 2
    assert "the spec has mail, post" in result.stderr


def test_a_spec_with_an_error_packs_nothing(home: Path) -> None:
    (home / "spec" / "spec.yaml").write_text(SPEC.replace("name: shop", "nam: shop"), "utf-8")
    result = run()

    assert result.exit_code == 1
    assert not (home / ".petc" / "packages").exists()


def test_a_problem_of_one_function_is_shown_at_the_spec_and_the_others_are_packed(home: Path) -> None:
    (home / "mail" / "handler.py").rename(home / "mail" / "main.py")
    result = run()

    assert result.exit_code == 1
    assert "error[package-handler]" in result.stderr
    assert "--> spec/spec.yaml:8" in result.stderr
    assert [path.parent.name for path in zips(home / ".petc" / "packages")] == ["post"]


def test_a_folder_that_cannot_be_written_is_said(home: Path) -> None:
    (home / "here").write_text("", "utf-8")
    result = run("--out", "here")

    assert result.exit_code == 1
    assert "unwritable-output" in result.stderr
