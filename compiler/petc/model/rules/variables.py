"""Rules about environment variables: names that meet, and names that belong to somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model import queries, settings
from petc.model.rules.rule import Case, Found, Rule
from petc.naming import environment_variable

LAMBDA_RESERVED = frozenset(
    (
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    )
)
"""Lambda Developer Guide, "Defined runtime environment variables": reserved ones."""


def _twice(pairs: Iterable[tuple[str, str, str]]) -> Iterator[Found]:
    """Yield each variable that a second key makes; pairs hold variable, key and place."""
    first: dict[str, tuple[str, str]] = {}
    for variable, key, at in pairs:
        if variable in first:
            other, there = first[variable]
            yield Found(
                at,
                f"`{key}` and `{other}` both make the variable {variable}",
                "keep one of them; dots become underscores, hyphens vanish, and letters are upper case",
                (Related(f"`{other}` stands here", pointer=there),),
            )
        else:
            first[variable] = (key, at)


def _made(keys: Iterable[str], at: str) -> Iterator[tuple[str, str, str]]:
    for key in keys:
        yield environment_variable(key), key, f"{at}/{key}"


def _conflicts(case: Case) -> Iterator[Found]:
    stage = case.stage
    yield from _twice(_made(stage.configuration, "/configuration"))
    for service in stage.services.values():
        yield from _twice(_made(service.configuration, f"{service.at}/configuration"))
        injected = settings.service_secrets(stage, service)
        yield from _twice(
            (item.variable, item.at.rpartition("/")[2], item.at)
            for item in injected
            if item.secret.name in stage.secrets and not item.field
        )
    for function in stage.functions.values():
        yield from _twice(
            (f"{use.as_ or settings.upper(use.name)}_SECRET_ARN", use.name, use.at)
            for use in function.uses.values()
            if use.name in stage.secrets
        )


def _reserved(case: Case) -> Iterator[Found]:
    for function in case.stage.functions.values():
        for key in function.environment:
            if key in LAMBDA_RESERVED:
                yield Found(
                    f"{function.at}/environment/{key}",
                    f"Lambda itself sets {key}, and refuses a function that does",
                    "choose another name",
                    on_key=True,
                )


def _datasources(case: Case) -> Iterator[Found]:
    for service in case.stage.services.values():
        used = queries.used_databases(case.stage, service)
        if service.framework == "spring-boot" and len(used) > 1:
            names = ", ".join(database.name for database in used)
            yield Found(
                service.uses[used[1].name].at,
                f"{service.name} uses {names}, but Spring Boot's settings know one data source",
                "use one of them, or write `framework: plain` and read a variable for each database",
                (Related(f"{used[0].name} is used here", pointer=service.uses[used[0].name].at),),
                on_key=True,
            )


RULES = (
    Rule(
        Code(
            "setting-conflict",
            Severity.ERROR,
            "two settings make one variable",
            "A setting reaches a container as an environment variable, and different keys can make the same "
            "one. Only one value would arrive, and nobody could say which.",
            bad="services: {orders: {configuration: {app.page-size: 10, app.pagesize: 20}}}\n",
            good="services: {orders: {configuration: {app.page-size: 10, app.page-sizes: 20}}}\n",
        ),
        _conflicts,
    ),
    Rule(
        Code(
            "reserved-variable",
            Severity.ERROR,
            "a variable that Lambda sets itself",
            "Lambda refuses a function whose environment has one of its own variables.",
            bad="functions: {report: {source: src, route: /report, environment: {AWS_REGION: x}}}\n",
            good="functions: {report: {source: src, route: /report, environment: {REPORT_REGION: x}}}\n",
        ),
        _reserved,
    ),
    Rule(
        Code(
            "one-datasource",
            Severity.ERROR,
            "two databases for one Spring data source",
            "Spring Boot configures one data source by its settings. Those of a second database would take "
            "the place of the first.",
            bad="""\
databases: {stock: {schema: stock, user: orders-user}}
services: {orders: {framework: spring-boot, private_paths: [/actuator], uses: {stock: {pool: 2}}}}
""",
            good="""\
databases: {stock: {schema: stock, user: orders-user}}
services: {orders: {framework: plain, uses: {stock: {pool: 2}}}}
""",
        ),
        _datasources,
    ),
)
