"""What the tests of the operating commands share: a project whose stage is deployed to a local AWS.

A test module takes the fixtures by importing them into its `conftest`; see `tests/cli/conftest.py`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from click.testing import CliRunner, Result

from petc import deployment
from petc.cli.main import petc
from petc.cli.request import request
from petc.deploy.execute.events import silent
from petc.local.access import FOREIGN
from tests import lint_results
from tests.petc_local.running import LocalAws

DAY = ("--as-of", "2026-11-23")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with the starter spec, compiled for an account of the local AWS."""

    home: Path
    aws: LocalAws

    def __post_init__(self) -> None:
        lint_results.share(self.home)

    @property
    def spec(self) -> Path:
        """The spec's file."""
        return self.home / "spec" / "spec.yaml"

    def run(self, *arguments: str, **variables: str) -> Result:
        """Run petc in this process and in the project's folder, with the local AWS in the environment."""
        environment: dict[str, str | None] = {**dict.fromkeys(FOREIGN), **self.aws.access.environment}
        before = Path.cwd()
        os.chdir(self.home)
        try:
            return CliRunner().invoke(
                petc, list(arguments), env={**environment, "NO_COLOR": "1", **variables}
            )
        finally:
            os.chdir(before)

    def change(self, old: str, new: str) -> None:
        """Replace one text of the spec, which must be there, and compile."""
        text = self.spec.read_text("utf-8")
        assert old in text
        self.spec.write_text(text.replace(old, new), "utf-8")
        assert self.run("compile", "--no-lint", *DAY).exit_code == 0

    def deploy(self, stage: str = "dev", **variables: str) -> None:
        """Bring the stage to where its spec says; raises `Rejected` when that fails."""
        asked = replace(
            request(self.spec, date(2026, 11, 23), stages=(stage,), out=self.home / "generated"), lint=False
        )
        _, ready = deployment.ready(asked, stage)
        assert ready is not None
        kept = {name: os.environ.get(name) for name in self.aws.access.environment}
        os.environ.update({**self.aws.access.environment, **variables})
        try:
            at = deployment.reached(ready, deployment.connection_of(ready.stage))
            deployment.carry_out(at, deployment.look(at).plan, silent)
        finally:
            for name, value in kept.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def project(home: Path, aws: LocalAws) -> Project:
    """Return a new project in an empty folder, for the account of `aws`."""
    made = Project(home, aws)
    assert made.run("init").exit_code == 0
    made.change('"123456789012"', f'"{aws.account}"')
    return made


def deployed(home: Path, aws: LocalAws) -> Project:
    """Return a new project whose stage is deployed."""
    made = project(home, aws)
    assert made.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    made.deploy()
    return made
