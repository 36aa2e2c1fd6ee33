"""A stage of the starter spec as a value that edits change, deployed to a local AWS and compared with its templates."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from click.testing import Result

from petc.deploy.plan.templates import same
from petc.model.starter import STARTER
from tests.cli.operating import DAY, Project
from tests.petc_local.running import LocalAws

ACCOUNTS = ("123456789012", "222222222222", "333333333333")
REGIONS = ("us-west-2", "us-east-2")
STAGE = ("--stage", "dev")
ROLE = ("--role", "OrganizationAccountAccessRole")
_ALLOWANCE = re.compile(r"--allow-(?:replace|delete) [A-Za-z0-9@/-]+")

Spec = dict[str, Any]


def starter() -> Spec:
    """Return the starter spec for a stage whose targets can grow: the administrator is named."""
    spec: Spec = yaml.safe_load(STARTER)
    targets = spec["stages"]["dev"]["targets"]
    targets["administrator"] = ACCOUNTS[0]
    targets["home"] = REGIONS[0]
    return spec


@dataclass(slots=True)
class Shop:
    """A project of one stage, and the spec that was last taken for good."""

    home: Path
    aws: LocalAws
    spec: Spec = field(default_factory=starter)
    log: list[str] = field(default_factory=list)

    def write(self, spec: Spec) -> bool:
        """Write and compile a spec; whether it compiles."""
        path = self.home / "spec" / "spec.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(spec, sort_keys=False), "utf-8")
        return self.run("compile", "--no-lint", *DAY).exit_code == 0

    def run(self, *arguments: str) -> Result:
        """Run petc in this process; a result that is a fault in petc is one of the campaign's findings."""
        result = Project(self.home, self.aws).run(*arguments)
        self.log.append(f"petc {' '.join(arguments)}: {result.exit_code}")
        raised = result.exception if not isinstance(result.exception, SystemExit) else None
        if result.exit_code not in (0, 1) or raised:
            raise Fault(f"petc {' '.join(arguments)} exits with {result.exit_code}: {raised or _end(result)}")
        return result

    def bootstrap(self) -> Result:
        """Make what the targets need; petc may refuse, as it would the deployment."""
        return self.run("bootstrap", *STAGE, "--yes", *ROLE)

    def deploy(self, *more: str) -> Result:
        """Deploy what is compiled."""
        return self.run("deploy", *STAGE, "--yes", *more, *DAY)

    def settled(self) -> str:
        """Return what is wrong with a stage that was just deployed, or nothing."""
        plan = self.run("plan", *STAGE, *DAY)
        if plan.exit_code != 0 or not plan.stdout.startswith("nothing to do"):
            return f"the next plan is not empty: {plan.stdout[-600:]}"
        wrong = [f"{where}: {why}" for where, why in self._differences()]
        return "; ".join(wrong)

    def deployed(self) -> dict[str, str]:
        """Return a digest of every stack of the stage, in all accounts and regions, by place and name."""
        return {
            f"{account}/{region}/{stack['StackName']}": hashlib.sha256(
                json.dumps(
                    [stack["StackStatus"], _template(client, stack), _values(stack)], sort_keys=True
                ).encode()
            ).hexdigest()
            for account, region, client, stack in self._stacks()
        }

    def _stacks(self) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
        for account in ACCOUNTS:
            for region in REGIONS:
                client = self.aws.client("cloudformation", account=account, region=region)
                for page in client.get_paginator("describe_stacks").paginate():
                    for stack in page["Stacks"]:
                        if not stack["StackName"].startswith("petc-bootstrap"):
                            yield account, region, client, stack

    def _differences(self) -> Iterator[tuple[str, str]]:
        """Yield where a stack has not the compiled bytes, and which stacks are missing or left over."""
        folder = self.home / "generated" / "dev"
        layers = {path.stem: path.read_text("utf-8") for path in folder.glob("*.yaml")}
        targets = self.spec["stages"]["dev"]["targets"]
        wanted = {
            (account, region, stem)
            for account in targets["accounts"]
            for region in targets["regions"]
            for stem in layers
        }
        for account, region, client, stack in self._stacks():
            place = f"{account}/{region}/{stack['StackName']}"
            stem = next((stem for stem in layers if f"-dev-{stem}" in stack["StackName"]), "")
            key = (account, region, stem)
            if key not in wanted:
                yield place, "left over"
                continue
            wanted.discard(key)
            if not stack["StackStatus"].endswith("_COMPLETE") or "ROLLBACK" in stack["StackStatus"]:
                yield place, stack["StackStatus"]
            elif not same(_template(client, stack), layers[stem]):
                yield place, "other bytes than compiled"
        for account, region, stem in sorted(wanted):
            yield f"{account}/{region}/{stem}", "missing"


class Fault(Exception):
    """petc ended in a way that it must never end."""


def allowances(result: Result) -> tuple[str, ...]:
    """Return the options that a refusal names, as arguments."""
    found = dict.fromkeys(_ALLOWANCE.findall(result.output + result.stderr))
    return tuple(word for option in found for word in option.split())


def changed(spec: Spec) -> Spec:
    """Return a copy that an edit may change."""
    return copy.deepcopy(spec)


def _template(client: Any, stack: dict[str, Any]) -> str:
    body = client.get_template(StackName=stack["StackId"])["TemplateBody"]
    return body if isinstance(body, str) else json.dumps(body)


def _values(stack: dict[str, Any]) -> list[list[str]]:
    return sorted([item["ParameterKey"], item["ParameterValue"]] for item in stack.get("Parameters", ()))


def _end(result: Result) -> str:
    return (result.output + result.stderr)[-600:]
