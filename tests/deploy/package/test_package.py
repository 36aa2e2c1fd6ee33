"""A package holds what its function needs, at the places where its modules look for each other."""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from petc.deploy.package.package import BUDGET, FunctionSource, Packed, packed, sources
from petc.diagnostics import Rejected
from petc.output.assets import asset_digest, package_digest
from tests import specs
from tests.deploy.package.wheelhouse import Wheelhouse

ROOT = Path(__file__).parents[3]
MAIL = {
    "handler.py": "from mail import letters\nfrom shared import logs\n\n\ndef handler(event, context):\n"
    "    return letters.TEXT + logs.TEXT\n",
    "letters.py": "TEXT = 'letter'\n",
}
LOGS = {"logs.py": "TEXT = 'log'\n"}


def source(
    home: Path,
    own: Mapping[str, str] = MAIL,
    shared: Mapping[str, str] | None = LOGS,
    *,
    folder: str = "mail",
    handler: str = "handler.handler",
    runtime: str = "python3.11",
) -> FunctionSource:
    """Write the folders and return what the pipeline would say of them."""
    folders = []
    for name, files in ((folder, own), ("shared", shared)):
        for path, text in (files or {}).items():
            (home / name / path).parent.mkdir(parents=True, exist_ok=True)
            (home / name / path).write_text(text, "utf-8")
        if files is not None:
            folders.append((name, asset_digest(home / name)))
    digest = package_digest(folders, handler, runtime, "x86_64")
    return FunctionSource(
        "mail",
        home / folder,
        home / "shared" if shared is not None else None,
        handler,
        runtime,
        "x86_64",
        digest,
        f"shop/dev/functions/mail/{digest}.zip",
        "/functions/mail",
    )


def names(made: Packed) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return archive.namelist()


def code(one: FunctionSource, cache: Path) -> str:
    with pytest.raises(Rejected) as caught:
        packed(one, cache)
    (found,) = caught.value.diagnostics
    assert found.pointer == "/functions/mail"
    return found.code


def test_the_handler_s_module_moves_up_and_the_others_stay_below_their_folders(tmp_path: Path) -> None:
    made = packed(source(tmp_path), tmp_path / "cache")

    assert names(made) == ["handler.py", "mail/letters.py", "shared/logs.py"]


def test_a_package_runs_where_it_is_unpacked(tmp_path: Path) -> None:
    """Lambda unpacks a package and looks for modules at its top."""
    target = tmp_path / "task"
    with zipfile.ZipFile(io.BytesIO(packed(source(tmp_path), tmp_path / "cache").content)) as archive:
        archive.extractall(target)
    program = "import handler; print(handler.handler({}, None))"
    environment = os.environ | {"PYTHONPATH": str(target)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout == "letterlog\n"


def test_requirements_lie_at_the_top_and_their_lock_stays_out(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    own = MAIL | {"requirements.txt": wheelhouse.add("post") + "\n"}
    made = packed(source(tmp_path, own, None), tmp_path / "cache")

    assert names(made) == [
        "handler.py",
        "mail/letters.py",
        "post-1.0.dist-info/METADATA",
        "post/__init__.py",
    ]


def test_a_requirement_of_both_locks_is_packed_once(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    lock = {"requirements.txt": wheelhouse.add("post") + "\n"}
    made = packed(source(tmp_path, MAIL | lock, LOGS | lock), tmp_path / "cache")

    assert names(made).count("post/__init__.py") == 1


def test_another_checkout_gives_the_same_bytes(tmp_path: Path) -> None:
    one = packed(source(tmp_path / "one"), tmp_path / "cache")
    two = source(tmp_path / "two")
    os.utime(two.folder / "handler.py", (1, 1))
    (two.folder / "handler.py").chmod(0o600)

    assert packed(two, tmp_path / "cache") == one


def test_a_package_as_handler_moves_up_whole(tmp_path: Path) -> None:
    own = {"app/__init__.py": "", "app/main.py": "x = 1\n", "other.py": ""}
    made = packed(source(tmp_path, own, None, handler="app.main.run"), tmp_path / "cache")

    assert names(made) == ["app/__init__.py", "app/main.py", "mail/other.py"]


def test_functions_of_other_runtimes_keep_their_folder(tmp_path: Path) -> None:
    own = {"index.mjs": "", "lib/letters.mjs": ""}
    made = packed(source(tmp_path, own, None, handler="index.run", runtime="nodejs24.x"), tmp_path / "cache")

    assert names(made) == ["index.mjs", "lib/letters.mjs"]


def test_sources_that_changed_since_they_were_compiled_are_refused(tmp_path: Path) -> None:
    one = source(tmp_path)
    (one.folder / "letters.py").write_text("TEXT = 'other'\n", "utf-8")

    assert code(one, tmp_path / "cache") == "package-moved"


def test_another_architecture_is_another_package(tmp_path: Path) -> None:
    other = dataclasses.replace(source(tmp_path), architecture="arm64")

    assert code(other, tmp_path / "cache") == "package-moved"


def test_a_handler_without_its_module_is_refused(tmp_path: Path) -> None:
    assert code(source(tmp_path, handler="main.handler"), tmp_path / "cache") == "package-handler"


def test_a_folder_that_is_called_as_a_requirement_is_refused(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    own = MAIL | {"requirements.txt": wheelhouse.add("mail") + "\n"}

    assert code(source(tmp_path, own), tmp_path / "cache") == "package-collision"


def test_a_folder_that_is_called_as_the_shared_one_is_refused(tmp_path: Path) -> None:
    one = source(tmp_path / "a", folder="shared", shared=None)
    two = source(tmp_path / "b", {"letters.py": "", "handler.py": ""}, None, folder="shared")
    digest = package_digest(
        [("shared", asset_digest(one.folder)), ("shared", asset_digest(two.folder))],
        "handler.handler",
        "python3.11",
        "x86_64",
    )
    both = dataclasses.replace(one, shared=two.folder, digest=digest)

    assert code(both, tmp_path / "cache") == "package-collision"


def test_the_reference_functions_stay_below_the_budget_and_bring_no_sdk(tmp_path: Path) -> None:
    """The AWS SDK comes with the runtime. Fetches what their locks name, once, from the package index."""
    stage = specs.reference("dev")
    digests = {}
    for name, function in stage.functions.items():
        folders = [
            Path(os.path.normpath(ROOT / "spec" / folder)) for folder in (function.source, function.shared)
        ]
        digests[name] = package_digest(
            [(folder.name, asset_digest(folder)) for folder in folders],
            function.handler,
            function.runtime,
            function.architecture,
        )
    found = sources(dataclasses.replace(stage, assets=digests), ROOT / "spec")
    try:
        made = [packed(one, tmp_path / "wheels") for one in found]
    except Rejected as rejected:
        if "does not answer" not in str(rejected):
            raise
        pytest.skip("the package index does not answer, and pymysql has to come from it")

    assert [item.function for item in made if len(item.content) > BUDGET] == []
    assert {name.split("/")[0] for item in made for name in names(item)} & {
        "boto3",
        "botocore",
        "tests",
    } == set()
    assert "pymysql/connections.py" in {name for item in made for name in names(item)}
