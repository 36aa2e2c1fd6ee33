"""Names, each decided in one place."""

from __future__ import annotations

import pytest

from petc import naming


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order-service", "OrderService"),
        ("orders", "Orders"),
        ("a-b-c", "ABC"),
        ("us-west-2", "UsWest2"),
        ("Value", "Value"),
        ("petName", "PetName"),
        ("a--b-", "AB"),
        ("", ""),
    ],
)
def test_pascal(name: str, expected: str) -> None:
    assert naming.pascal(name) == expected


def test_a_logical_id_is_role_and_names() -> None:
    assert naming.logical_id("Service", "order-service") == "ServiceOrderService"
    assert naming.logical_id("Grant", "task", "orders") == "GrantTaskOrders"
    assert naming.logical_id("Vpc") == "Vpc"


def test_names_that_travel() -> None:
    assert naming.export_name("shop", "dev", "network", "VpcId") == "shop-dev-network-VpcId"
    assert naming.stack_set_name("shop", "dev", "01-network") == "shop-dev-01-network"
    assert naming.layer_file(4, "parameter-store") == "04-parameter-store"
    assert naming.layer_file(12, "notification") == "12-notification"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("spring.jpa.open-in-view", "SPRING_JPA_OPENINVIEW"),
        ("server.port", "SERVER_PORT"),
        ("my.service[0].other", "MY_SERVICE_0_OTHER"),
        ("my.service[0][1]", "MY_SERVICE_0_1"),
        ("LOG_FORMAT", "LOG_FORMAT"),
        ("JAVA_TOOL_OPTIONS", "JAVA_TOOL_OPTIONS"),
        ("a__b", "A__B"),
    ],
)
def test_environment_variables_follow_spring_s_relaxed_binding(key: str, expected: str) -> None:
    assert naming.environment_variable(key) == expected
