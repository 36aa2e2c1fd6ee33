"""The template of a stack set: where it comes from, and what is refused before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ministack.services.cloudformation import engine, handlers, helpers

from petc_local.stack_sets.errors import RequestRefused, invalid
from petc_local.stack_sets.records import Values
from petc_local.stack_sets.request import ParsedRequest

MOST_BYTES = 51_200
"""Of TemplateBody (botocore, CreateStackSetInput: "a maximum length of 51,200 bytes")."""


@dataclass(frozen=True, slots=True)
class SetTemplate:
    """A template that parses, with what a stack set needs to know of it.

    `defaults` has None for a parameter without default.
    """

    text: str
    tree: Mapping[str, object]
    defaults: Mapping[str, str | None]
    hidden: tuple[str, ...]


def sent(request: ParsedRequest) -> str | None:
    """Return the text of TemplateBody or of what TemplateURL names (1 MB at most); None when neither was sent.

    The URL is read from the S3 of the same server, path-style. Both at once are refused ("not both").
    """
    body, url = request.text("TemplateBody"), request.text("TemplateURL")
    if body is not None and url is not None:
        raise invalid("You must specify either the TemplateBody or the TemplateURL parameter, but not both")
    if body is not None and len(body.encode()) > MOST_BYTES:
        raise invalid(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_BYTES}"
        )
    if url is None:
        return body
    text, error = helpers._resolve_document({"TemplateURL": [url]}, "TemplateBody", "TemplateURL", "Template")
    if error is not None or not isinstance(text, str):
        raise invalid(_message(error))
    return text


def read(text: str) -> SetTemplate:
    """Return the template of `text`; refuses what MiniStack's parser refuses, in CloudFormation's words."""
    try:
        tree = engine._parse_template(text)
        parameters = tree.get("Parameters") or {}
        defaults = {
            str(name): None if "Default" not in definition else _as_text(definition["Default"])
            for name, definition in parameters.items()
        }
        if not isinstance(tree.get("Resources"), dict) or not tree["Resources"]:
            raise ValueError("At least one Resources member must be defined.")
    except Exception as error:
        raise invalid(f"Template format error: {error}") from error
    hidden = tuple(
        str(name)
        for name, definition in parameters.items()
        if str(definition.get("NoEcho", "")).lower() == "true"
    )
    return SetTemplate(text, tree, defaults, hidden)


def check(template: SetTemplate, values: Values) -> None:
    """Refuse a template or values that no stack could be made of: unknown types, limits, constraints.

    Parameters of Systems Manager types are not looked up here: their values are those of the target (assumed).
    """
    tree = dict(template.tree)
    definitions = template.tree.get("Parameters")
    tree["Parameters"] = {
        name: {**definition, "Type": "String"}
        if str(definition.get("Type")).startswith("AWS::SSM::")
        else definition
        for name, definition in (definitions.items() if isinstance(definitions, dict) else ())
    }
    try:
        resolved = engine._resolve_parameters(tree, [{"Key": key, "Value": value} for key, value in values])
        conditions = engine._evaluate_conditions(tree, resolved)
        engine.validate_template_support(tree, conditions)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise invalid(str(error)) from error


def check_capabilities(template: SetTemplate, given: tuple[str, ...]) -> None:
    """Refuse a template that needs a capability which was not given (botocore, CreateStackSetInput.Capabilities)."""
    required = handlers._required_capabilities(template.tree, strict=True)[0]
    missing = handlers._missing_capabilities(set(given), required)
    if missing:
        raise RequestRefused(
            "InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(missing)}]"
        )


def check_service_managed(template: SetTemplate) -> None:
    """Refuse what service-managed stack sets do not support: macros and nested stacks.

    Sources: CreateStackSetInput.Capabilities ("don't currently support the use of macros"); user guide,
    "StackSets considerations" for nested stacks. That the request and not the operation fails is assumed.
    """
    if handlers._uses_macro(template.tree):
        raise invalid(
            "StackSets with service-managed permissions do not support the use of macros in templates"
        )
    resources = template.tree.get("Resources")
    types = {item.get("Type") for item in resources.values()} if isinstance(resources, dict) else set()
    if "AWS::CloudFormation::Stack" in types:
        raise invalid("StackSets with service-managed permissions do not support nested stacks")


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if not isinstance(value, (dict, list)) else json.dumps(value)


def _message(error: object) -> str:
    body = error[2] if isinstance(error, tuple) and len(error) == 3 else b""
    text = body.decode() if isinstance(body, bytes) else ""
    return text.partition("<Message>")[2].partition("</Message>")[0] or "TemplateURL cannot be read"
