"""docs/language.md, written from the JSON Schema: every field with description, default and example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from petc.model.schema import resolved, stage_schema

HEAD = """\
# The spec language

One YAML file describes one system. `petc schema` prints the JSON Schema that an editor completes from;
this page is written from the same schema by `make golden`.

* Repeated things are mappings by name. A name starts with a lower-case letter and has lower-case letters, digits
  and hyphens; names make logical ids, paths and DNS names.
* `stages` holds what differs by stage, merged over the base: mappings merge by key, everything else replaces,
  `null` removes. `defaults` is laid under every service and function in the same way.
* YAML has its 1.2 meaning: `no`, `on`, `12:30` and `010` are text. Duplicate keys, tags, merge keys and several
  documents are refused; anchors and aliases are allowed within bounds.
* Where a field takes a mapping and has a short form, the short form is noted.
"""


def page() -> str:
    """Return the page as Markdown."""
    schema = stage_schema()
    lines = [HEAD, "## The top", "", *_table(schema)]
    lines += ["", "`stages` holds all of these except `petc` and `name`, and one entry at least."]
    for name in sorted(schema["$defs"]):
        if name == "FunctionDefaults":
            continue
        definition = schema["$defs"][name]
        short = definition.get("x-short")
        lines += ["", f"## {name}", "", definition["description"]]
        if short:
            lines += ["", f"Short form: the value of `{short}` alone."]
        lines += ["", *_table(definition)]
    return "\n".join(lines) + "\n"


def _table(schema: dict[str, Any]) -> Iterator[str]:
    yield "| Field | Meaning | Default | Example |"
    yield "| --- | --- | --- | --- |"
    required = schema.get("required", [])
    for key, field in schema["properties"].items():
        target = resolved(field)
        default = (
            "required" if key in required else _code(target["default"]) if "default" in target else "none"
        )
        yield f"| `{key}` | {_meaning(field, target)} | {default} | {_code(_example(target))} |"


def _meaning(field: dict[str, Any], target: dict[str, Any]) -> str:
    text = str(target.get("description", "")).replace("|", "\\|")
    reference = field.get("$ref") or (target.get("additionalProperties") or {}).get("$ref") if field else None
    values = target.get("enum")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2].replace("FunctionDefaults", "Function")
        text += f" See [{name}](#{name.lower()})."
    if values:
        text += " One of " + ", ".join(f"`{value}`" for value in values) + "."
    low, high = target.get("minimum"), target.get("maximum")
    if low is not None or high is not None:
        text += (
            f" From {low:,} to {high:,}." if low is not None and high is not None else f" At least {low:,}."
        )
    return text


def _example(target: dict[str, Any]) -> Any:
    return target.get("examples", [target.get("const", "")])[0]


def _code(value: Any) -> str:
    return "`" + json.dumps(value, ensure_ascii=False).replace("|", "\\|") + "`"
