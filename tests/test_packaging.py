"""The wheel holds the whole project and the lock holds what the wheel needs."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.golden import runtime_lock

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "dev.txt"
SOURCES = ("compiler", "lambda_src", "requirements", "schemas", "spec")
CACHES = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")


def option(section: str, name: str) -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config[section][name].split("\n")[1:]


def package_folders() -> dict[str, str]:
    """Return the mapped folders by package, without the source root."""
    pairs = (line.split(" = ") for line in option("options", "package_dir") if not line.startswith("="))
    return {package.strip(): folder.strip() for package, folder in pairs}


def files_below(folder: Path) -> set[Path]:
    return {
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    }


def locked() -> dict[str, str]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def wanted() -> list[Requirement]:
    lines = (ROOT / "requirements" / "dev.in").read_text(encoding="utf-8").splitlines()
    direct = [line for line in lines if line and not line.startswith(("#", "-"))]
    return [Requirement(line) for line in (*option("options", "install_requires"), *direct)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once, from a copy, so that the checkout stays as it is."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=CACHES)
    # What running a function from the checkout leaves behind, and what must not be shipped.
    for folder in ("lambda_src/__pycache__", "lambda_src/function/__pycache__"):
        stale = copy / folder / "stale.cpython-311.pyc"
        stale.parent.mkdir(parents=True, exist_ok=True)
        stale.write_bytes(b"")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_every_folder_with_sources_is_listed_as_a_package() -> None:
    compiler = ROOT / "compiler"
    folders = {path.parent for path in files_below(compiler) if path.suffix == ".py"}
    packages = {".".join(folder.relative_to(compiler).parts) for folder in folders} | set(package_folders())

    assert option("options", "packages") == sorted(packages)


def test_every_package_says_in_a_sentence_what_it_holds() -> None:
    folders = [ROOT / "compiler" / Path(*name.split(".")) for name in option("options", "packages")]
    mapped = package_folders()
    inside = [folder for folder in folders if folder.is_dir()] + [ROOT / folder for folder in mapped.values()]
    silent = [f for f in inside if not (f / "__init__.py").read_text(encoding="utf-8").startswith('"""')]

    assert len(inside) == len(folders)
    assert silent == []


def test_the_wheel_holds_every_module_and_the_typing_marker(wheel: Path) -> None:
    compiler = ROOT / "compiler"
    expected = {path.relative_to(compiler).as_posix() for path in files_below(compiler)}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(("petc/", "petc_local/"))}

    assert "petc/py.typed" in expected
    assert {name for name in held if not name.startswith("petc/bundled/")} == {
        name for name in expected if not name.startswith("petc/bundled/")
    }


@pytest.mark.parametrize(("package", "folder"), package_folders().items())
def test_the_wheel_holds_the_folder_beside_the_compiler(wheel: Path, package: str, folder: str) -> None:
    inside = package.replace(".", "/")
    expected = {
        f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" for path in files_below(ROOT / folder)
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(f"{inside}/")}

    assert held == expected


def test_the_installed_console_script_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
    ]
    subprocess.run([*install, str(wheel)], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
        )

    origin = run(sys.executable, "-c", "import petc; print(petc.__file__)")
    shown = run(sys.executable, str(site / "bin" / "petc"), "--help")

    assert Path(origin.stdout.strip()).is_relative_to(site)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("Usage: petc")


def test_the_lock_holds_every_requirement_inside_its_range() -> None:
    pins = locked()
    missing = [
        str(requirement)
        for requirement in wanted()
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]

    assert missing == []


def test_every_pin_of_the_lock_has_a_hash() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.read_text(encoding="utf-8"))
    pinned = [block for block in blocks if re.match(r"[A-Za-z0-9._-]+==", block)]

    assert len(pinned) == len(locked())
    assert [block.split("\n")[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_host_and_no_folder() -> None:
    assert (
        re.findall(r"--(?:index-url|extra-index-url|find-links|trusted-host)|\w+://", LOCK.read_text("utf-8"))
        == []
    )


def test_the_runtime_lock_holds_all_that_petc_requires_here_as_it_is_locked() -> None:
    """What only another Python needs may be in it too, so this is no comparison of whole files."""
    run = runtime_lock.blocks((LOCK.parent / "run.txt").read_text("utf-8"))
    whole = runtime_lock.blocks(LOCK.read_text("utf-8"))
    required = runtime_lock.closure("petc")

    assert {"boto3", "cfn-lint", "rpds-py"} <= required
    assert required | {canonicalize_name("setuptools")} <= set(run)
    assert {name: block for name, block in run.items() if whole.get(name) != block} == {}
