from __future__ import annotations

from petc.verify import join
from tests.verify import sample


def test_an_import_becomes_the_value_that_it_imports() -> None:
    first = sample.template(
        outputs=sample.export("a", "VpcId", sample.ref("Vpc")), Vpc=sample.resource("AWS::EC2::VPC")
    )
    second = sample.template(
        Group=sample.resource("AWS::EC2::SecurityGroup", VpcId=sample.imported("a", "VpcId"))
    )
    joined = join.joined(sample.view(first, second)).template

    assert "Fn::ImportValue" not in str(joined)
    assert "{'VpcId': {'Ref': 'Vpc'}}" in str(joined)
    assert "Export" not in str(joined["Outputs"])


def test_an_import_of_nothing_stays() -> None:
    second = sample.template(
        Group=sample.resource("AWS::EC2::SecurityGroup", VpcId=sample.imported("a", "Gone"))
    )

    assert "shop-dev-a-Gone" in str(join.joined(sample.view(second)).template)


def clash() -> join.Joined:
    def layer(name: str) -> sample.Template:
        return sample.template(
            outputs={"Shown": {"Value": sample.ref("Key")}},
            Key=sample.resource("AWS::KMS::Key"),
            Queue={
                **sample.resource(
                    "AWS::SQS::Queue",
                    KmsMasterKeyId=sample.get("Key", "Arn"),
                    QueueName={
                        "Fn::Sub": [
                            f"{name}-${{Key}}-${{Key.Arn}}-${{x}}-${{!Key}}",
                            {"x": sample.ref("Key")},
                        ]
                    },
                ),
                "DependsOn": ["Key"],
            },
        )

    return join.joined(sample.view(layer("a"), layer("b")))


def test_names_that_two_layers_share_get_the_layer_as_prefix() -> None:
    resources = clash().template["Resources"]

    assert isinstance(resources, dict)
    assert sorted(resources) == ["AKey", "AQueue", "BKey", "BQueue"]


def test_references_follow_the_new_names() -> None:
    resources = clash().template["Resources"]

    assert isinstance(resources, dict)
    queue = resources["BQueue"]
    assert isinstance(queue, dict)
    assert queue["DependsOn"] == ["BKey"]
    assert queue["Properties"] == {
        "KmsMasterKeyId": {"Fn::GetAtt": ["BKey", "Arn"]},
        "QueueName": {"Fn::Sub": ["b-${BKey}-${BKey.Arn}-${x}-${!Key}", {"x": {"Ref": "BKey"}}]},
    }


def test_origins_lead_back_to_the_layer() -> None:
    assert clash().origins["Resources", "BQueue"] == (1, "Queue")


def test_equal_parameters_are_merged_and_others_kept_apart() -> None:
    def layer(default: str) -> sample.Template:
        return sample.template() | {
            "Parameters": {"Same": {"Type": "String"}, "Other": {"Type": "String", "Default": default}}
        }

    parameters = join.joined(sample.view(layer("x"), layer("y"))).template["Parameters"]

    assert isinstance(parameters, dict)
    assert sorted(parameters) == ["AOther", "BOther", "Same"]
