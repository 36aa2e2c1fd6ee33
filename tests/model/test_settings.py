"""What parts are told: which variables, from where, and what wins."""

from __future__ import annotations

import json

import pytest

from petc.model import settings
from petc.model.components import Setting
from petc.model.settings import Known, SettingReference
from petc.model.types import Stage
from tests.specs import stage_of

HEAD = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
stages: {dev: {}}
"""


def stage(text: str) -> Stage:
    """Return the stage `dev` of a few lines."""
    return stage_of(HEAD + text)


def told(text: str, name: str = "a") -> dict[str, Setting]:
    """Return the variables of a service."""
    found = stage(text)
    return {item.variable: item.value for item in settings.service_settings(found, found.services[name])}


def told_function(text: str) -> dict[str, Setting]:
    """Return the environment of function `f`."""
    found = stage(text)
    return {item.variable: item.value for item in settings.function_settings(found, found.functions["f"])}


def test_a_plain_service_is_told_its_port() -> None:
    assert told("services: {a: {}}") == {"PORT": 8080}


@pytest.mark.parametrize(
    ("prefix", "expected"), [("context-path", {"BASE_PATH": "/a"}), ("strip", {}), ("keep", {})]
)
def test_and_its_path_where_it_serves_below_one(prefix: str, expected: dict[str, Setting]) -> None:
    found = told(f"services: {{a: {{route: {{path: /a, prefix: {prefix}}}}}}}")

    assert found == {"PORT": 8080, **expected}


PLAIN: dict[str, dict[str, Setting]] = {
    "databases: {orders-db: {schema: orders, port: 3307, readers: 0}}|orders-db: {}": {
        "ORDERS_DB_HOST": "${host}",
        "ORDERS_DB_PORT": 3307,
        "ORDERS_DB_SCHEMA": "orders",
    },
    "databases: {db: {readers: 1}}|db: {pool: 4}": {
        "DB_HOST": "${host}",
        "DB_READER_HOST": "${host}",
        "DB_PORT": 3306,
        "DB_SCHEMA": "app",
        "DB_POOL": 4,
    },
    "models: {m: some.model}|m: {}": {"M_MODEL_ID": "some.model"},
    "buckets: {my-files: {}}|my-files: {}": {"MY_FILES_BUCKET": "${b}"},
    "functions: {f: {source: f}}|f: {}": {"F_FUNCTION": "${f}"},
    "description: n|notifications: {}": {"NOTIFICATIONS_TOPIC_ARN": "${topic}"},
    "description: i|internet: {}, discovery: {}": {},
    "secrets: {s: {}}|s: {}": {},
}


@pytest.mark.parametrize("case", PLAIN)
def test_what_a_plain_service_is_told_of_what_it_uses(case: str) -> None:
    part, use = case.split("|")

    assert told(f"{part}\nservices: {{a: {{uses: {{{use}}}}}}}") == {"PORT": 8080, **PLAIN[case]}


def test_where_another_service_answers() -> None:
    """With the path below which it serves, if it serves below one."""
    found = told("""
services:
  a: {uses: {b: {}, web-shop: {}}}
  b: {port: 9000}
  web-shop: {route: {path: /shop, prefix: context-path}}
""")

    assert found == {
        "PORT": 8080,
        "B_URL": "http://b.${namespace}:9000",
        "WEB_SHOP_URL": "http://web-shop.${namespace}:8080/shop",
    }


def test_what_a_placeholder_stands_for() -> None:
    found = stage(
        "databases: {db: {}}\nbuckets: {b: {}}\nservices: {a: {uses: {db: {}, b: {}, c: {}}}, c: {}}"
    )
    references = {
        item.variable: dict(item.references)
        for item in settings.service_settings(found, found.services["a"])
        if item.references
    }

    assert references == {
        "DB_HOST": {"host": SettingReference(Known.WRITER_HOST, "db")},
        "DB_READER_HOST": {"host": SettingReference(Known.READER_HOST, "db")},
        "B_BUCKET": {"b": SettingReference(Known.BUCKET, "b")},
        "C_URL": {"namespace": SettingReference(Known.NAMESPACE)},
    }


SHARED = "configuration: {LOG_FORMAT: json, PORT: 1}\n"


def test_shared_settings_reach_those_who_ask_for_them() -> None:
    assert told(SHARED + "services: {a: {}}") == {"PORT": 8080}
    assert told(SHARED + "services: {a: {uses: {configuration: {}}}}") == {"LOG_FORMAT": "json", "PORT": 8080}


def test_its_own_settings_win_over_derived_and_derived_over_shared() -> None:
    own = "services: {a: {configuration: {PORT: 2}, uses: {configuration: {}}}}"

    assert told(SHARED + "services: {a: {uses: {configuration: {}}}}")["PORT"] == 8080
    assert told(SHARED + own)["PORT"] == 2


def test_keys_that_name_one_variable_win_over_each_other() -> None:
    """`server.port` and `SERVER_PORT` reach the service as one variable."""
    text = "services: {a: {framework: spring-boot, configuration: {SERVER_PORT: 7}}}"

    assert told(text)["SERVER_PORT"] == 7


def test_a_setting_points_at_its_line_and_says_whether_it_is_shared() -> None:
    found = stage(SHARED + "services: {a: {configuration: {A_B: c}, uses: {configuration: {}}}}")
    at = {item.key: (item.at, item.shared) for item in settings.service_settings(found, found.services["a"])}

    assert at == {
        "A_B": ("/services/a/configuration/A_B", False),
        "LOG_FORMAT": ("/configuration/LOG_FORMAT", True),
        "PORT": ("/services/a/port", False),
    }


SPRING = "services: {a: {framework: spring-boot%s}, b: {framework: %s, port: 9000%s}}"


def test_a_spring_boot_service_is_told_in_spring_s_names() -> None:
    assert told(SPRING % ("", "plain", "")) == {
        "SERVER_PORT": 8080,
        "MANAGEMENT_TRACING_EXPORT_ZIPKIN_ENABLED": False,
    }


def test_its_context_path() -> None:
    found = told(SPRING % (", route: {path: /a, prefix: context-path}", "plain", ""))

    assert found["SERVER_SERVLET_CONTEXTPATH"] == "/a"


@pytest.mark.parametrize(("tls", "mode"), [("true", "REQUIRED"), ("false", "PREFERRED")])
def test_its_data_source(tls: str, mode: str) -> None:
    found = told(
        f"databases: {{db: {{schema: s, tls: {tls}}}}}\n" + SPRING % (", uses: {db: {pool: 3}}", "plain", "")
    )

    assert found["SPRING_DATASOURCE_URL"] == f"jdbc:mysql://${{host}}:3306/s?sslMode={mode}"
    assert found["SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE"] == 3


def test_its_tracing() -> None:
    found = told("monitoring: {sampling_percent: 25}\n" + SPRING % (", tracing: true", "plain", ""))

    assert found["MANAGEMENT_TRACING_EXPORT_ZIPKIN_ENDPOINT"] == "http://localhost:9411/api/v2/spans"
    assert found["MANAGEMENT_TRACING_SAMPLING_PROBABILITY"] == 0.25
    assert "MANAGEMENT_TRACING_EXPORT_ZIPKIN_ENABLED" not in found


@pytest.mark.parametrize(
    ("framework", "more", "metadata"),
    [
        ("plain", "", None),
        ("spring-boot", "", "/actuator"),
        ("spring-boot", ", private_paths: [/manage]", "/manage"),
        ("spring-boot", ", route: {path: /b, prefix: context-path}", "/b/actuator"),
    ],
)
def test_its_neighbours_in_valid_json(framework: str, more: str, metadata: str | None) -> None:
    """Spring's simple discovery client reads the instances from one variable."""
    value = told(SPRING % (", uses: {b: {}}", framework, more))["SPRING_APPLICATION_JSON"]
    instances = json.loads(str(value))["spring"]["cloud"]["discovery"]["client"]["simple"]["instances"]
    expected: dict[str, object] = {"uri": "http://b.${namespace}:9000"}
    if metadata:
        expected["metadata"] = {"management.context-path": metadata}

    assert instances == {"b": [expected]}


def test_credentials_come_from_the_secret_of_the_database_s_user() -> None:
    use = "services: {a: {framework: %s, uses: {orders-db: {}}}}"
    text = "databases: {orders-db: {%s}}\nsecrets: {u: {}}\n" + use

    def secrets(user: str, framework: str) -> list[tuple[str, SettingReference, str]]:
        found = stage(text % (user, framework))
        return [
            (item.variable, item.secret, item.field)
            for item in settings.service_secrets(found, found.services["a"])
        ]

    master = SettingReference(Known.MASTER_SECRET_ARN, "orders-db")
    assert secrets("", "plain") == [
        ("ORDERS_DB_USERNAME", master, "username"),
        ("ORDERS_DB_PASSWORD", master, "password"),
    ]
    assert secrets("user: u", "spring-boot") == [
        ("SPRING_DATASOURCE_USERNAME", SettingReference(Known.SECRET_ARN, "u"), "username"),
        ("SPRING_DATASOURCE_PASSWORD", SettingReference(Known.SECRET_ARN, "u"), "password"),
    ]


@pytest.mark.parametrize(("use", "variable"), [("{}", "WEB_HOOK"), ("{as: HOOK}", "HOOK")])
def test_a_secret_is_given_whole_under_its_name_or_another(use: str, variable: str) -> None:
    found = stage(f"secrets: {{web-hook: {{}}}}\nservices: {{a: {{uses: {{web-hook: {use}}}}}}}")
    (item,) = settings.service_secrets(found, found.services["a"])

    assert (item.variable, item.secret, item.field, item.at) == (
        variable,
        SettingReference(Known.SECRET_ARN, "web-hook"),
        "",
        "/services/a/uses/web-hook",
    )


def test_a_function_is_told_its_stage_and_what_it_uses() -> None:
    found = told_function("""
databases: {db: {readers: 0}}
secrets: {hook: {}}
models: {m: some.model}
services: {a: {}}
functions: {f: {source: f, uses: {db: {pool: 1}, hook: {as: WEB}, m: {}, a: {}}}}
""")

    assert found == {
        "STAGE": "dev",
        "LOG_LEVEL": "INFO",
        "DB_HOST": "${host}",
        "DB_PORT": 3306,
        "DB_SCHEMA": "app",
        "DB_POOL": 1,
        "DB_SECRET_ARN": "${secret}",
        "WEB_SECRET_ARN": "${secret}",
        "M_MODEL_ID": "some.model",
        "A_URL": "http://a.${namespace}:8080",
    }


def test_a_function_s_own_environment_wins() -> None:
    found = told_function("functions: {f: {source: f, environment: {LOG_LEVEL: DEBUG, LIMIT: 1}}}")

    assert found == {"STAGE": "dev", "LOG_LEVEL": "DEBUG", "LIMIT": 1}


def test_a_function_is_told_where_a_secret_is_never_what_it_is() -> None:
    found = stage("databases: {db: {user: u}}\nsecrets: {u: {}}\nfunctions: {f: {source: f, uses: {db: {}}}}")
    by_key = {item.key: item for item in settings.function_settings(found, found.functions["f"])}

    assert by_key["DB_SECRET_ARN"].references == {"secret": SettingReference(Known.SECRET_ARN, "u")}


def test_settings_are_sorted() -> None:
    assert list(told(SHARED + "services: {a: {configuration: {Z: 1, A: 2}, uses: {configuration: {}}}}")) == [
        "A",
        "LOG_FORMAT",
        "PORT",
        "Z",
    ]


@pytest.mark.parametrize(
    ("value", "expected"), [(True, "true"), (False, "false"), (1, "1"), (0.5, "0.5"), ("x", "x")]
)
def test_a_value_as_text(value: Setting, expected: str) -> None:
    assert settings.text(value) == expected


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("{content: site, api: direct}", "*"),
        ("{content: site, api: direct, domain: shop.example.com}", "https://shop.example.com"),
        ("{content: site, api: same-origin}", None),
    ],
)
def test_a_routed_function_is_told_which_pages_may_read_its_answers(site: str, expected: str | None) -> None:
    found = told_function(f"frontend: {site}\nfunctions: {{f: {{source: f, route: /f}}}}")

    assert found.get("ALLOWED_ORIGIN") == expected


def test_a_function_without_a_route_answers_no_page() -> None:
    site = "frontend: {content: site, api: direct}"

    assert "ALLOWED_ORIGIN" not in told_function(f"{site}\nfunctions: {{f: {{source: f}}}}")
