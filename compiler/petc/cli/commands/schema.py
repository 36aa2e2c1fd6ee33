"""`petc schema`: the JSON Schema of a whole spec file, for editors."""

from __future__ import annotations

import json

import click

from petc.model.editor import editor_schema


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the spec, with a description, default and example for every field."""
    click.echo(text(), nl=False)


def text() -> str:
    """Return the schema as schemas/petc.schema.json holds it."""
    return json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"
