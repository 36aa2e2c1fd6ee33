"""What the tests of operating share: every reference and golden stage, compiled."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from petc.artifacts import Artifacts
from petc.deploy.bootstrap.stacks import Bootstrap
from petc.deploy.targets import product
from petc.model.types import Stage
from petc.output.folder import read_stage
from tests import specs

ACCOUNT = "123456789012"
GOLDEN = specs.ROOT / "tests" / "golden"


@cache
def stages() -> dict[str, tuple[Stage, Artifacts]]:
    """Return each stage with what it compiles to, by `<spec>-<stage>`."""
    found = {}
    for spec, folder in (
        (specs.REFERENCE, specs.ROOT / "generated"),
        *(
            (next(home.glob("spec/*.yaml")), home / "generated")
            for home in sorted(GOLDEN.glob("*/"))
            if (home / "spec").is_dir()
        ),
    ):
        for made in sorted(folder.glob("*/")):
            stage = specs.stage_of(spec.read_text("utf-8"), made.name)
            found[f"{stage.name}-{stage.stage}"] = stage, Artifacts.of_folder(read_stage(Path(made)))
    return found


def asked(name: str, *accounts: str, **more: object) -> Bootstrap:
    """Return the bootstrap of a stage; organizational units are taken to hold the accounts."""
    stage, made = stages()[name]
    targets = product(accounts or stage.targets.accounts or (ACCOUNT,), stage.targets.regions)
    return Bootstrap(stage, made, ACCOUNT, targets, **more)  # type: ignore[arg-type]
