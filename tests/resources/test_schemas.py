from __future__ import annotations

import subprocess
import sys

import pytest

from petc.resources import schemas


def test_a_property_that_replaces_the_resource_is_create_only() -> None:
    cluster = schemas.schema("AWS::RDS::DBCluster", "us-west-2")

    assert cluster is not None
    assert cluster.replaces(("DBSubnetGroupName",))
    assert not cluster.replaces(("BackupRetentionPeriod",))


def test_engine_of_a_cluster_may_replace_it() -> None:
    cluster = schemas.schema("AWS::RDS::DBCluster")

    assert cluster is not None
    assert "Engine" in cluster.conditional_create_only


def test_attributes_are_dotted_as_getatt_writes_them() -> None:
    cluster = schemas.schema("AWS::RDS::DBCluster")

    assert cluster is not None
    assert "Endpoint.Address" in cluster.attributes


def test_handlers_name_the_permissions_that_they_need_once() -> None:
    cluster = schemas.schema("AWS::RDS::DBCluster")

    assert cluster is not None
    assert "rds:CreateDBCluster" in cluster.permissions["create"]
    assert len(set(cluster.permissions["create"])) == len(cluster.permissions["create"])


def test_required_properties_are_listed() -> None:
    service = schemas.schema("AWS::IAM::Role")

    assert service is not None
    assert service.required == ("AssumeRolePolicyDocument",)


def test_an_unknown_type_has_no_schema_but_near_names() -> None:
    assert schemas.schema("AWS::S3::Bukket") is None
    assert schemas.nearest_types("AWS::S3::Bukket")[0] == "AWS::S3::Bucket"


def test_an_unknown_region_falls_back() -> None:
    assert schemas.schema("AWS::S3::Bucket", "moon-west-1") is not None


@pytest.mark.parametrize(
    ("type_name", "path"),
    [
        ("AWS::S3::Bucket", ("VersioningConfiguration", "Status")),
        ("AWS::ECS::TaskDefinition", ("ContainerDefinitions", 0, "LogConfiguration", "Options", "mode")),
        ("AWS::ECS::TaskDefinition", ("ContainerDefinitions", "0", "Image")),
        ("AWS::IAM::Role", ("AssumeRolePolicyDocument", "Statement", 0, "Effect")),
        ("AWS::RDS::DBCluster", ("ServerlessV2ScalingConfiguration", "MinCapacity")),
        ("AWS::Lambda::Function", ("Environment", "Variables", "ANY_NAME")),
        ("AWS::EC2::VPC", ("Tags", 0, "Key")),
    ],
)
def test_a_property_of_the_type_exists(type_name: str, path: tuple[str | int, ...]) -> None:
    assert schemas.property_exists(type_name, path)


@pytest.mark.parametrize(
    ("type_name", "path"),
    [
        ("AWS::S3::Bucket", ("VersioningConfiguration", "Stattus")),
        ("AWS::S3::Bucket", ("VersioningConfiguration", "Status", "Deeper")),
        ("AWS::ECS::TaskDefinition", ("ContainerDefinitions", "Image")),
        ("AWS::S3::Bukket", ("BucketName",)),
        ("AWS::EC2::VPC", ("Tags", 0, "Kee")),
    ],
)
def test_a_property_that_the_type_lacks_does_not_exist(type_name: str, path: tuple[str | int, ...]) -> None:
    assert not schemas.property_exists(type_name, path)


def test_a_misspelt_property_has_near_names() -> None:
    found = schemas.nearest_properties("AWS::S3::Bucket", ("VersioningConfigurtion", "Status"))

    assert found[0] == "VersioningConfiguration"


def test_a_property_that_resembles_none_lists_all() -> None:
    found = schemas.nearest_properties("AWS::S3::Bucket", ("VersioningConfiguration", "Zzz"))

    assert found == ("Status",)


def test_reading_a_schema_does_not_import_the_linter() -> None:
    code = (
        "import sys; from petc.resources import schemas; schemas.schema('AWS::S3::Bucket');"
        "sys.exit('cfnlint' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "compiler"}).returncode == 0


def test_every_property_of_every_listed_kind_is_found_at_the_top() -> None:
    """Each top-level property of a hundred types exists by its own schema."""
    for name in schemas.types()[::19]:
        found = schemas.schema(name)
        assert found is not None
        properties = found.body["properties"]
        assert isinstance(properties, dict)
        for key in properties:
            assert schemas.property_exists(name, (key,)), (name, key)


def test_an_object_that_admits_more_properties_admits_any_name() -> None:
    open_ended: dict[str, schemas.Json] = {"properties": {"Known": {}}, "additionalProperties": True}

    assert schemas._below(open_ended, "Other") == {}
    assert schemas._below({**open_ended, "additionalProperties": False}, "Other") is None
