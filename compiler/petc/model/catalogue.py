"""The catalogues under schemas/: facts about AWS that change with time, each with its source and date."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, cast

from petc.model import engines
from petc.model.components import Database


@cache
def catalogue(name: str) -> dict[str, Any]:
    """Return a catalogue by name, for example `regions`, as it stands in schemas/<name>.json."""
    text = resources.files("petc.bundled.schemas").joinpath(f"{name}.json").read_text("utf-8")
    return cast("dict[str, Any]", json.loads(text))


def prefix_list(region: str, key: str) -> str | None:
    """Return the id of a prefix list in a region, such as `s3_prefix_list`, or None where it is not known."""
    row = catalogue("regions")["regions"].get(region)
    return row.get(key) if row else None


def model_destinations(model_id: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the foundation model that an inference profile leads to, and the regions it may run in.

    A plain model id leads to itself in the caller's own region: no regions. None for an unknown id.
    """
    row = catalogue("models")["models"].get(model_id)
    return (row["foundation_model"], tuple(row["destinations"])) if row else None


def max_connections(database: Database) -> int:
    """Return how many connections each instance of a database takes: what the spec says, or the default."""
    return database.max_connections or default_connections(engines.of(database), database.capacity.max)


def default_connections(engine: engines.DatabaseEngine, capacity_max: float) -> int:
    """Return how many connections an instance takes by default, by its largest capacity in ACU.

    Between two rows of AWS's table the lower one counts.
    """
    rows = catalogue(engine.catalogue)["default_connections"]
    fitting = [row["connections"] for row in rows if row["capacity_max"] <= capacity_max]
    return int(fitting[-1] if fitting else rows[0]["connections"])
