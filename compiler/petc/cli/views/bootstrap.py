"""What a bootstrap would change, and what is left to be done by hand, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from petc.deploy.aws.bootstrap_stack_sets import SetChange
from petc.deploy.aws.bootstrap_stacks import Proposal
from petc.deploy.aws.service_roles import Lacking
from petc.deploy.bootstrap.stacks import BootstrapStack
from petc.deploy.targets import Target, folded
from petc.report.columns import columns

_VERBS = {"Add": "add", "Modify": "change", "Remove": "remove"}


def proposals(found: Sequence[Proposal], width: int) -> str:
    """Return the changes: stacks that change alike in several places stand once."""
    groups: dict[tuple[str, bool, tuple[tuple[str, ...], ...]], list[Target]] = {}
    for proposal in found:
        rows: tuple[tuple[str, ...], ...] = tuple(
            (
                _VERBS.get(change.action, change.action.lower()),
                change.logical_id,
                change.type,
                "replaces it" if change.replacement == "True" else "",
            )
            for change in proposal.changes
        )
        groups.setdefault((proposal.name, proposal.creates, rows), []).append(proposal.place)
    lines: list[str] = []
    for (name, creates, lined), places in groups.items():
        lines.append(f"{'create' if creates else 'update'} {name} in {folded(places)}")
        lines += columns(lined, width, "  ")
    return "\n".join(lines)


def linked(roles: Sequence[Lacking]) -> str:
    """Return which service-linked roles are made."""
    return "\n".join(
        f"create the service-linked role of {role.service} in {role.place.account}" for role in roles
    )


def surplus(found: Sequence[tuple[str, Target]]) -> str:
    """Return which stacks are deleted because the stage's policies fit into fewer."""
    return "\n".join(
        f"delete {name} in {place}: no layer needs its policies any more" for name, place in found
    )


def sets(changes: Sequence[SetChange]) -> str:
    """Return what changes about stack sets that serve organizational units."""
    lines = []
    for change in changes:
        wanted = change.wanted
        verb = "create" if change.creates else "update"
        lines.append(
            f"{verb} the stack set {wanted.name} for {', '.join(wanted.units)} in {', '.join(wanted.regions)}; "
            "accounts that join later get it by themselves"
        )
        if change.failed:
            lines.append(f"  try again where the last operation failed: {folded(change.failed)}")
    return "\n".join(lines)


def by_hand(stacks: Iterable[BootstrapStack], stage: str, services: Iterable[str] = ()) -> str:
    """Return the commands for accounts that cannot be reached from here; `services` need a role of their own there."""
    groups: dict[str, list[BootstrapStack]] = {}
    for stack in stacks:
        groups.setdefault(stack.name, []).append(stack)
    accounts = sorted({stack.place.account for group in groups.values() for stack in group})
    lines = [
        f"{len(accounts)} account{'' if len(accounts) == 1 else 's'} cannot be reached with these credentials: "
        f"{', '.join(accounts[:6])}{', ...' if len(accounts) > 6 else ''}",
        "either run petc bootstrap again with --role NAME, a role in each of them that may make roles,",
        "or let whoever administers them run, with credentials of their own:",
        "",
    ]
    for name, group in groups.items():
        lines.append(f"  petc bootstrap --stage {stage} --print {name} > {name}.yaml")
        for region in sorted({stack.place.region for stack in group}):
            lines.append(
                f"  aws cloudformation deploy --stack-name {name} --template-file {name}.yaml "
                f"--capabilities CAPABILITY_NAMED_IAM --region {region}"
            )
    lines += [f"  aws iam create-service-linked-role --aws-service-name {service}" for service in services]
    return "\n".join(lines)


def printed(stacks: Sequence[BootstrapStack], which: str) -> str:
    """Return the templates as YAML documents, each once: `all`, `administrator`, `target`, or a stack's name."""
    groups: dict[tuple[str, str], list[BootstrapStack]] = {}
    for stack in stacks:
        if which in ("all", stack.name) or which == ("administrator" if stack.of_administrator else "target"):
            groups.setdefault((stack.name, stack.text), []).append(stack)
    documents = []
    for (name, content), group in groups.items():
        places = ", ".join(str(stack.place) for stack in group[:4])
        more = f" and {len(group) - 4} more" if len(group) > 4 else ""
        documents.append(f"# stack {name} in {places}{more}\n{content}")
    return "---\n".join(documents)
