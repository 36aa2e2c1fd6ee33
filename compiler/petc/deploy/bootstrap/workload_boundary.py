"""The permissions boundary of a stage's own roles: the most that their policies allow, by the stage's names.

Every role of the layers carries it, and `petc-execution` makes no role without it. So a template that grants a role
more, whoever wrote it, grants nothing. It holds each action that a role's policy allows, on the resources of the
stage; a role's own policies are narrower, and deny what they deny.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from petc.deploy.bootstrap import resource_scoping
from petc.deploy.bootstrap.policy_packing import MANAGED_POLICY, Group, size, statement
from petc.deploy.bootstrap.tag_conditions import Tags, together
from petc.deploy.operations import codes
from petc.resources.actions import arn_of
from petc.source.tree import Json
from petc.verify.rendered import Resource, View, function, mapping, resources, sequence

_VARIABLE = re.compile(r"\$\{([^}!]*)\}")
_KEPT = frozenset({"AWS::Partition", "AWS::AccountId", "AWS::URLSuffix"})

_NEVER = ("iam:", "sts:", "organizations:", "account:", "cloudformation:")
"""What no role of a layer needs, and what would let it get further."""

_TAGGED = frozenset({"ecs", "kms", "secretsmanager"})
"""Services whose resources have ids that AWS chooses, or names that two stages share: their tags tell them apart."""

_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "AWS::ECR::Repository": ("ecr", "repository"),
        "AWS::KMS::Key": ("kms", "key"),
        "AWS::Lambda::Function": ("lambda", "function"),
        "AWS::Logs::LogGroup": ("logs", "log-group"),
    }
)
"""The kind of resource that a type's ARN names."""

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "AWS::ECR::Repository": "RepositoryName",
        "AWS::Lambda::Function": "FunctionName",
        "AWS::Logs::LogGroup": "LogGroupName",
    }
)
"""The property that holds the last part of a type's ARN."""

_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "AWS::S3::Bucket": "s3:ListBucket",
        "AWS::SNS::Topic": "sns:Publish",
        "AWS::SQS::Queue": "sqs:SendMessage",
    }
)
"""Types whose resources are named by CloudFormation, with an action that `narrowing` limits to these names."""


def document(view: View, name: str, root: str, organizer: str, tags: Tags) -> Mapping[str, Json]:
    """Return the policy; strings hold `${AWS::Partition}` and `${AWS::AccountId}`, for `Fn::Sub`.

    `name` is `<spec>-<stage>`, `root` the path of its parameters, `organizer` what the names of stacks begin
    with before it, `tags` those of its resources. Raises `Rejected` when the roles need more than one policy can say.
    """
    look = _Look(view, name, root, organizer)
    allowed: _Allowed = {}
    for file, one in _statements(view):
        if one.get("Effect") != "Allow":
            continue
        patterns = tuple(sorted({look.resource(item, file) for item in _listed(one.get("Resource"))}))
        condition = look.condition(mapping(one.get("Condition")), file)
        for action in _listed(one.get("Action")):
            if not isinstance(action, str) or action.lower().startswith(_NEVER):
                continue
            service = action.partition(":")[0]
            limits = together(condition, tags.not_of_others) if service in _TAGGED else condition
            key = (patterns, json.dumps(dict(limits), sort_keys=True))
            allowed.setdefault(key, set()).add(action)
    for merged in (allowed, _without_conditions(allowed)):
        made = _document(_joined(merged))
        if size(made) <= MANAGED_POLICY:
            return made
    raise codes.BOUNDARY_TOO_LONG.because(
        f"the roles of {name} need a permissions boundary of {size(made)} characters, and IAM takes "
        f"{MANAGED_POLICY}",
        help="write one by hand and name it as security.permissions_boundary",
        pointer="/security",
    )


_Allowed = dict[tuple[tuple[str, ...], str], set[str]]
"""Actions by resources and condition."""


def _joined(allowed: _Allowed) -> Iterator[tuple[tuple[str, ...], str, set[str]]]:
    """Yield resources, condition and actions: per action and condition all resources, alike ones together."""
    places: dict[tuple[str, str], set[str]] = {}
    for (patterns, condition), actions in allowed.items():
        for action in actions:
            places.setdefault((action, condition), set()).update(patterns)
    together: dict[tuple[tuple[str, ...], str], set[str]] = {}
    for (action, condition), patterns_ in places.items():
        kept = tuple(sorted(patterns_)) if "*" not in patterns_ else ("*",)
        together.setdefault((kept, condition), set()).add(action)
    for (patterns, condition), actions in sorted(together.items()):
        yield patterns, condition, actions


def _document(groups: Iterable[tuple[tuple[str, ...], str, set[str]]]) -> Mapping[str, Json]:
    statements = [
        statement(Group(f"Most{number}", (), patterns, json.loads(condition)), sorted(actions))
        for number, (patterns, condition, actions) in enumerate(groups)
    ]
    return {"Version": "2012-10-17", "Statement": statements or [_NOTHING]}


_NOTHING: Json = {"Sid": "Nothing", "Effect": "Deny", "Action": "*", "Resource": "*"}
"""A policy needs a statement, also where no role is allowed anything."""


def _without_conditions(allowed: _Allowed) -> _Allowed:
    found: _Allowed = {}
    for (patterns, _), actions in allowed.items():
        found.setdefault((patterns, "{}"), set()).update(actions)
    return found


def _statements(view: View) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield the statements of all roles' policies with the file in which they stand."""
    for item in resources(view):
        documents: list[Json] = []
        if item.type == "AWS::IAM::Role":
            documents = [
                mapping(one).get("PolicyDocument") for one in sequence(item.properties.get("Policies"))
            ]
        elif item.type in ("AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            documents = [item.properties.get("PolicyDocument")]
        for one in documents:
            for found in sequence(mapping(one).get("Statement")):
                yield item.file, mapping(found)


def _exports(view: View) -> Iterator[tuple[str, tuple[str, Json]]]:
    """Yield the exports of all layers by name: the file, and the exported expression."""
    for layer in view:
        for output in layer.section("Outputs").values():
            name = mapping(mapping(output).get("Export")).get("Name")
            if isinstance(name, str):
                yield name, (layer.file, mapping(output).get("Value"))


class _Look:
    """The templates of a stage, asked for what an expression of a policy can give."""

    def __init__(self, view: View, name: str, root: str, organizer: str) -> None:
        self._by_id = {(item.file, item.logical_id): item for item in resources(view)}
        self._exports = dict(_exports(view))
        self._name, self._root, self._organizer = name, root, organizer

    def resource(self, value: Json, file: str) -> str:
        """Return the pattern for a resource of a statement, widened to all of its kind that are the stage's."""
        return _of_stage(self._pattern(value, file), self._name, self._root)

    def condition(self, condition: Mapping[str, Json], file: str) -> Mapping[str, Json]:
        """Return a condition with patterns for what is known after deployment only."""
        found: dict[str, dict[str, Json]] = {}
        for operator, keys in condition.items():
            for key, value in mapping(keys).items():
                values: list[Json] = [self._pattern(item, file) for item in _listed(value)]
                loose = any("*" in str(item) for item in values)
                like = operator.replace("StringEquals", "StringLike") if loose else operator
                found.setdefault(like, {})[key] = values
        return dict(found)

    def _pattern(self, value: Json, file: str) -> str:
        if isinstance(value, str):
            return value
        called = function(value)
        if called is None:
            return "*"
        name, argument = called
        if name == "Fn::ImportValue" and isinstance(argument, str) and argument in self._exports:
            where, exported = self._exports[argument]
            return self._pattern(exported, where)
        if name == "Ref" and isinstance(argument, str):
            return self._of(file, argument, "")
        if name == "Fn::GetAtt":
            parts = (
                argument.split(".", 1) if isinstance(argument, str) else [str(i) for i in sequence(argument)]
            )
            return self._of(file, parts[0], parts[1]) if len(parts) == 2 else "*"
        if name == "Fn::Sub":
            text, values = (argument, {}) if isinstance(argument, str) else (sequence(argument) or ["*"])[:2]
            return self._filled(str(text), mapping(values), file)
        return "*"

    def _filled(self, text: str, values: Mapping[str, Json], file: str) -> str:
        def value(found: re.Match[str]) -> str:
            name = found.group(1)
            if name in _KEPT:
                return found.group()
            if name in values:
                return self._pattern(values[name], file)
            target, _, attribute = name.partition(".")
            return self._of(file, target, attribute)

        return _VARIABLE.sub(value, text)

    def _of(self, file: str, logical_id: str, attribute: str) -> str:
        found = self._by_id.get((file, logical_id))
        return self._of_resource(found, attribute) if found else "*"

    def _of_resource(self, found: Resource, attribute: str) -> str:
        """Return the pattern of a resource's ARN: by its name where the template gives one, else by its kind."""
        if attribute and attribute not in ("Arn", "TopicArn", "MasterUserSecret.SecretArn"):
            return "*"
        secret = "arn:${AWS::Partition}:secretsmanager:*:${AWS::AccountId}:secret:"
        if attribute == "MasterUserSecret.SecretArn":
            return secret + ("rds!cluster-*" if found.type == "AWS::RDS::DBCluster" else "rds!db-*")
        if found.type == "AWS::SecretsManager::Secret":
            return f"{secret}{found.properties.get('Name') or found.logical_id}-*"
        if found.type in _ACTIONS and (attribute or found.type == "AWS::SNS::Topic"):
            return resource_scoping.resources(_ACTIONS[found.type], self._name, self._root, self._organizer)[
                0
            ]
        if found.type not in _KINDS or not attribute:
            return "*"
        service, kind = _KINDS[found.type]
        arn = arn_of(service, kind).replace("${Partition}", "${AWS::Partition}")
        arn = arn.replace("${Account}", "${AWS::AccountId}")
        given = found.properties.get(_NAMES.get(found.type, ""))
        if isinstance(given, str) and arn.endswith("*"):
            return f"{arn[:-1]}{given}" + (":*" if service == "logs" else "")
        return arn or "*"


def _of_stage(pattern: str, name: str, root: str) -> str:
    """Return the pattern that covers this one and all of its kind that are the stage's, where there is one."""
    path = root.strip("/")
    for kind, begin in (
        (":log-group:", f"/{path}/"),
        (":parameter", f"/{path}/"),
        (":repository/", f"{name}/"),
        (":function:", f"{name}-"),
    ):
        head, found, tail = pattern.partition(kind)
        if found and (tail.startswith(begin) or (kind == ":parameter" and tail == "*")):
            return f"{head}{kind}{begin}*"
    return pattern


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value] if value is not None else []
