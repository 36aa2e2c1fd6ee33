"""Names: logical ids, export names, stack set names and file names.

The only place that joins these strings, so that a name is decided once.
"""

from __future__ import annotations

import re

_WORDS = re.compile(r"[^A-Za-z0-9]+")

LOGICAL_ID_LIMIT = 255
"""Characters in a logical id; AWS CloudFormation User Guide, "Template anatomy: Resources"."""

EXPORT_NAME_LIMIT = 255
"""Characters in an export name; AWS CloudFormation User Guide, "Outputs"."""

STACK_SET_NAME_LIMIT = 128
"""Characters in a stack set name: letters, digits, hyphens; API reference, CreateStackSet."""


def pascal(name: str) -> str:
    """Return `order-service` as `OrderService`."""
    return "".join(word[:1].upper() + word[1:] for word in _WORDS.split(name) if word)


def logical_id(role: str, *names: str) -> str:
    """Return the logical id of the resource that plays `role` for the named things.

    `logical_id("Service", "order-service")` is `ServiceOrderService`.
    """
    return role + "".join(pascal(name) for name in names)


BY_STACK, BY_AUTOSCALING = "stack", "autoscaling"
"""Who sets the number of tasks of an ECS service: its template, or Application Auto Scaling."""


TARGET_GROUP_TURN = "TargetGroupTurn"
"""The template parameter that changes whenever the load balancer is replaced."""

TURNS = ("odd", "even")
"""Its values, the default first."""


def tasks_parameter(key: str) -> str:
    """Return the template parameter that holds the fewest tasks of a service, 0 before its image exists."""
    return logical_id("Tasks", key)


def desired_count_from(key: str) -> str:
    """Return the template parameter that says who sets the number of tasks of a service."""
    return logical_id("DesiredCountFrom", key)


def export_name(spec_name: str, stage: str, layer: str, value: str) -> str:
    """Return `<spec name>-<stage>-<layer>-<Value>`, unique in an account and region."""
    return f"{spec_name}-{stage}-{layer}-{value}"


def stack_set_name(spec_name: str, stage: str, layer_file: str) -> str:
    """Return the stack set's name, for example `shop-dev-01-network`."""
    return f"{spec_name}-{stage}-{layer_file}"


def artifact_key(spec_name: str, stage: str, *parts: str) -> str:
    """Return the key of an object in an artifact bucket; every key of a stage begins alike, so that rights can too."""
    return "/".join((spec_name, stage, *parts))


def workload_boundary(stage: str) -> str:
    """Return the name of the policy that caps every role of a stage, `<spec>-<stage>`; `petc bootstrap` makes it."""
    return f"petc-{stage}-workloads"


def function_name(spec_name: str, stage: str, key: str) -> str:
    """Return the name of a Lambda function, for example `shop-dev-quotes`; services call functions by it."""
    return f"{spec_name}-{stage}-{key}"


def layer_file(number: int, label: str) -> str:
    """Return the stem of a layer's file, for example `04-parameter-store`."""
    return f"{number:02d}-{label}"


def environment_variable(key: str) -> str:
    """Return `spring.jpa.open-in-view` as `SPRING_JPA_OPENINVIEW`, Spring Boot's relaxed binding.

    Source: Spring Boot reference, "Binding from environment variables": dots become underscores,
    dashes are removed, letters are upper case. Underscores stay, also two in a row, which mean something to
    some frameworks.
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", key.replace("-", "").replace("[", ".").replace("]", "")).upper()
