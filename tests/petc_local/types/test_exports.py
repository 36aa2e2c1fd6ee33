from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, resource, update


def parameter(value: Any, name: str = "/one") -> dict[str, Any]:
    return {"Parameter": resource("AWS::SSM::Parameter", Name=name, Type="String", Value=value)}


def exporting(value: str = "first") -> dict[str, Any]:
    return {"outputs": {"Value": value}, "exports": {"Value": "shared-Value"}}


def importing(aws: LocalAws) -> None:
    create(aws, parameter({"Fn::ImportValue": "shared-Value"}, "/two"), "consumer")


def exports(aws: LocalAws) -> dict[str, str]:
    found = aws.client("cloudformation").list_exports()["Exports"]
    return {export["Name"]: export["Value"] for export in found}


def test_an_imported_value_does_not_change(aws: LocalAws) -> None:
    create(aws, parameter("x"), "producer", **exporting())
    importing(aws)
    refused = update(aws, parameter("y"), "producer", **exporting("second"))

    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Cannot update export shared-Value as it is in use by consumer." in refused.reasons
    assert exports(aws) == {"shared-Value": "first"}
    assert aws.client("ssm").get_parameter(Name="/one")["Parameter"]["Value"] == "x"


def test_an_imported_value_does_not_go(aws: LocalAws) -> None:
    create(aws, parameter("x"), "producer", **exporting())
    importing(aws)
    refused = update(aws, parameter("y"), "producer")

    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Cannot delete export shared-Value as it is in use by consumer." in refused.reasons


def test_what_nobody_imports_changes_and_goes(aws: LocalAws) -> None:
    create(aws, parameter("x"), "producer", **exporting())
    changed = update(aws, parameter("x"), "producer", **exporting("second"))
    during = exports(aws)
    update(aws, parameter("x"), "producer")

    assert changed.status == "UPDATE_COMPLETE"
    assert during == {"shared-Value": "second"}
    assert exports(aws) == {}


def test_a_name_is_exported_once(aws: LocalAws) -> None:
    create(aws, parameter("x"), "producer", **exporting())
    refused = create(aws, parameter("x", "/three"), "second-producer", **exporting("other"))

    assert refused.status == "ROLLBACK_COMPLETE"
    assert "Export with name shared-Value is already exported by stack producer" in refused.reasons
    assert exports(aws) == {"shared-Value": "first"}


def test_a_stack_that_failed_to_delete_imports_all_the_same(aws: LocalAws) -> None:
    create(aws, parameter("x"), "producer", **exporting())
    bucket = {"Bucket": resource("AWS::S3::Bucket")}
    made = create(aws, bucket | parameter({"Fn::ImportValue": "shared-Value"}, "/two"), "consumer")
    aws.client("s3").put_object(Bucket=made.ids["Bucket"], Key="file", Body=b"kept")
    failed = delete(aws, "consumer")

    with pytest.raises(ClientError, match="shared-Value is imported by stack consumer"):
        delete(aws, "producer")
    assert failed.status == "DELETE_FAILED"


def test_the_producer_goes_after_its_consumer(aws: LocalAws) -> None:
    create(aws, parameter("x"), "producer", **exporting())
    importing(aws)
    delete(aws, "consumer")

    assert delete(aws, "producer").status == "DELETE_COMPLETE"
