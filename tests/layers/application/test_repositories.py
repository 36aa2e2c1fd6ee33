from __future__ import annotations

from petc.layers import application
from petc.model.types import Stage
from tests.layers import shop
from tests.layers.rendered import properties, resources

BODY = """
encryption: {key: aws}
services:
  web: {image: {tag: "7"}}
  proxy: {image: {uri: "public.ecr.aws/nginx/nginx:1.29"}}
"""


def test_a_service_that_brings_its_image_has_no_repository() -> None:
    layer = shop.layer(BODY)

    assert list(resources(layer, "AWS::ECR::Repository")) == ["RepositoryWeb"]
    container = properties(layer, "TaskDefinitionProxy")["ContainerDefinitions"][0]
    assert container["Image"] == "public.ecr.aws/nginx/nginx:1.29"


def test_the_tag_is_a_parameter_with_the_specs_value() -> None:
    layer = shop.layer(BODY)

    tag = {item.name: item for item in layer.parameters}["ImageTagWeb"]
    assert tag.values == {"us-west-2": "7"}
    image = properties(layer, "TaskDefinitionWeb")["ContainerDefinitions"][0]["Image"]
    assert image["Fn::Sub"][1]["Repository"] == {"Fn::GetAtt": ["RepositoryWeb", "RepositoryUri"]}


def test_images_are_encrypted_by_the_stages_key() -> None:
    ours = shop.layer(BODY.replace("key: aws", "key: customer"))
    theirs = shop.layer(BODY)

    encryption = properties(ours, "RepositoryWeb")["EncryptionConfiguration"]
    assert encryption["EncryptionType"] == "KMS"
    assert encryption["KmsKey"] == {"Fn::ImportValue": "shop-dev-security-KeyArn"}
    assert properties(theirs, "RepositoryWeb")["EncryptionConfiguration"] == {"EncryptionType": "AES256"}


def test_images_go_with_the_stack_only_where_data_is_discarded(dev: Stage, prod: Stage) -> None:
    assert properties(application.emit(dev), "RepositoryVetsService")["EmptyOnDelete"] is True
    assert properties(application.emit(prod), "RepositoryVetsService")["EmptyOnDelete"] is False


def test_people_are_told_where_to_push() -> None:
    assert "RepositoryUriWeb" in str(shop.layer(BODY).template["Outputs"])
