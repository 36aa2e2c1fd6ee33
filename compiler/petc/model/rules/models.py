"""Rules about foundation models: whether one lives, is known, and can be called from where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from petc.diagnostics import Code, Severity
from petc.model import catalogue
from petc.model.rules.rule import Case, Found, Rule
from petc.source.suggest import closest

SOON = timedelta(days=180)
"""How long before an end it is time to move on; the notice that AWS gives for most models."""


def _retired(case: Case) -> Iterator[Found]:
    rows = catalogue.catalogue("models")["models"]
    for model in case.stage.models.values():
        row = rows.get(model.id, {})
        successor = row.get("successor")
        end = _day(row.get("end_of_life"))
        earliest = _day(row.get("end_of_life_not_before"))
        if end and end <= case.today:
            message = f"`{model.id}` ({row['title']}) reached its end of life on {end}, so calls fail"
        elif end and end - case.today <= SOON:
            message = f"`{model.id}` ({row['title']}) reaches its end of life soon, on {end}"
        elif earliest and earliest <= case.today and successor:
            message = f"`{model.id}` ({row['title']}) was promised until {earliest}; any day may be its last"
        else:
            continue
        help = f"write `{successor}`, its successor" if successor else "choose a model that lives on"
        yield Found(f"{model.at}/id", message, help)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _unknown(case: Case) -> Iterator[Found]:
    rows = catalogue.catalogue("models")["models"]
    for model in case.stage.models.values():
        if model.id not in rows:
            near = closest(model.id, rows)
            hint = f"did you mean `{near}`? " if near else ""
            yield Found(
                f"{model.at}/id",
                f"the catalogue does not know the model `{model.id}`, so its end of life is not watched",
                f"{hint}it is compiled as written; check it against Bedrock's list of models",
            )


def _regions(case: Case) -> Iterator[Found]:
    tables = catalogue.catalogue("models")
    for model in case.stage.models.values():
        if tables["models"].get(model.id, {}).get("profile_only"):
            yield Found(
                f"{model.at}/id",
                f"`{model.id}` can be called through an inference profile only",
                f"write `us.{model.id}`, for example, with the geography of your regions",
            )
            continue
        geography, _, rest = model.id.partition(".")
        callers = tables["geographies"].get(geography)
        if not callers or "." not in rest:
            continue
        for region in case.stage.targets.regions:
            if not any(region.startswith(caller) for caller in callers):
                yield Found(
                    f"{model.at}/id",
                    f"the inference profile `{model.id}` cannot be called from {region}",
                    f"`{geography}.` stands for regions of that geography; choose the profile of {region}'s,"
                    " or a `global.` one",
                )


def _used(model: str) -> str:
    return f"models: {{assistant: {{id: {model}}}}}\nservices: {{orders: {{uses: {{assistant: {{}}}}}}}}\n"


RULES = (
    Rule(
        Code(
            "retired-model",
            Severity.WARNING,
            "a foundation model at or near its end of life",
            "After its end of life a model answers every call with an error, and nothing in a deployment "
            "says so. The catalogue schemas/models.json holds the dates; the message names the successor.",
            bad=_used("us.anthropic.claude-3-haiku-20240307-v1:0"),
            good=_used("us.anthropic.claude-haiku-5-5"),
        ),
        _retired,
    ),
    Rule(
        Code(
            "unknown-model",
            Severity.WARNING,
            "a foundation model that the catalogue does not know",
            "Its regions and its end of life are unknown, so permissions reach every region of an inference "
            "profile and no warning comes in time. A misspelt id looks the same and fails at the first call.",
            bad=_used("us.anthropic.claude-haiku-5-6"),
            good=_used("us.anthropic.claude-haiku-5-5"),
        ),
        _unknown,
    ),
    Rule(
        Code(
            "model-region",
            Severity.ERROR,
            "a model that cannot be called from a target region",
            "An inference profile can be called from the regions of its geography only, and some models "
            "have no id of their own in a region.",
            bad=_used("eu.anthropic.claude-haiku-5-5"),
            good=_used("global.anthropic.claude-haiku-5-5"),
        ),
        _regions,
    ),
)
