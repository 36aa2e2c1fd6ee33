from __future__ import annotations

from typing import Any

import pytest
from troposphere import Ref, encode_to_dict

from petc.layers import injection
from petc.layers.base import Draft
from petc.model.settings import Injected, Known, SettingReference
from petc.model.types import Stage

HOST = SettingReference(Known.WRITER_HOST, "clinic")
FUNCTION = SettingReference(Known.FUNCTION_NAME, "genai")
TOPIC = SettingReference(Known.TOPIC_ARN)


@pytest.fixture
def draft(dev: Stage) -> Draft:
    return Draft(dev, "application", 7, "test")


def plain(expression: Any) -> Any:
    return encode_to_dict(expression)


def test_a_setting_without_references_is_its_text(draft: Draft) -> None:
    assert injection.rendered(draft, Injected("K", True, "/")) == "true"
    assert injection.rendered(draft, Injected("K", "${random.uuid}", "/")) == "${random.uuid}"


def test_a_lone_reference_is_the_import_itself(draft: Draft) -> None:
    value = injection.rendered(draft, Injected("K", "${h}", "/", {"h": HOST}))

    assert plain(value) == {"Fn::ImportValue": "petclinic-dev-database-WriterHostClinic"}


def test_text_around_a_reference_is_a_substitution(draft: Draft) -> None:
    value = injection.rendered(draft, Injected("K", "jdbc://${h}/x", "/", {"h": HOST}))

    text, variables = plain(value)["Fn::Sub"]
    assert text == "jdbc://${h}/x"
    assert variables["h"] == {"Fn::ImportValue": "petclinic-dev-database-WriterHostClinic"}


def test_other_braces_beside_a_reference_are_left_alone(draft: Draft) -> None:
    value = injection.rendered(draft, Injected("K", "${h}${AWS::Region}", "/", {"h": HOST}))

    assert plain(value)["Fn::Sub"][0] == "${h}${!AWS::Region}"


def test_a_functions_name_is_known_at_once(draft: Draft) -> None:
    value = injection.rendered(draft, Injected("K", "to ${f}", "/", {"f": FUNCTION}))

    assert value == "to petclinic-dev-genai"


def test_a_layer_refers_to_what_it_makes_itself(draft: Draft) -> None:
    setting = Injected("K", "${t}", "/", {"t": TOPIC})

    assert plain(injection.rendered(draft, setting, {Known.TOPIC_ARN: Ref("Topic")})) == {"Ref": "Topic"}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        (SettingReference(Known.READER_HOST, "clinic"), "database-ReaderHostClinic"),
        (SettingReference(Known.MASTER_SECRET_ARN, "clinic"), "database-MasterSecretArnClinic"),
        (SettingReference(Known.SECRET_ARN, "slack-webhook"), "security-SecretArnSlackWebhook"),
        (SettingReference(Known.NAMESPACE), "cloud-map-NamespaceName"),
        (TOPIC, "notification-TopicArn"),
    ],
)
def test_each_known_value_comes_from_its_layer(draft: Draft, reference: SettingReference, name: str) -> None:
    assert plain(injection.resolve(draft, reference)) == {"Fn::ImportValue": f"petclinic-dev-{name}"}
