from __future__ import annotations

from petc.verify import link
from petc.verify.rendered import View
from tests.verify import sample


def codes(view: View) -> list[str]:
    return [item.code for item in link.check(view)]


VPC = sample.resource("AWS::EC2::VPC", "/network", CidrBlock="10.0.0.0/16")


def group(vpc: object) -> dict[str, object]:
    return sample.resource("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId=vpc)


def producer() -> sample.Template:
    return sample.template(outputs=sample.export("a", "VpcId", sample.ref("Vpc")), Vpc=VPC)


def consumer(name: str = "VpcId") -> sample.Template:
    return sample.template(Group=group(sample.imported("a", name)))


def test_a_whole_stage_links() -> None:
    assert codes(sample.stage()) == []


def test_an_import_without_export_is_found_and_placed_at_the_spec() -> None:
    (found,) = link.check(sample.view(producer(), consumer("VpcIdd")))

    assert found.code == "unlinked-import"
    assert found.pointer == "/services/api"
    assert found.artifact == "02-b.yaml:Group"
    assert "shop-dev-a-VpcId" in found.help


def test_an_import_from_a_later_layer_is_out_of_order() -> None:
    assert codes(sample.view(consumer(), producer())) == ["import-order"]


def test_an_import_from_the_same_template_is_out_of_order() -> None:
    both = producer()
    both["Resources"]["Group"] = group(sample.imported("a", "VpcId"))

    assert codes(sample.view(both)) == ["import-order"]


def test_two_exports_of_one_name_are_found() -> None:
    assert codes(sample.view(producer(), producer())) == ["duplicate-export"]


def test_a_computed_import_is_refused() -> None:
    computed = sample.template(Group=group({"Fn::ImportValue": sample.sub("${AWS::StackName}-VpcId")}))

    assert codes(sample.view(producer(), computed)) == ["computed-name"]


def test_a_computed_export_is_refused() -> None:
    exporting = producer()
    exporting["Outputs"]["VpcId"]["Export"]["Name"] = sample.sub("${AWS::StackName}-VpcId")

    assert codes(sample.view(exporting)) == ["computed-name"]


def test_layers_that_import_from_each_other_are_a_circle() -> None:
    first = sample.template(
        outputs=sample.export("a", "VpcId", sample.ref("Vpc")),
        Vpc=VPC,
        Group=group(sample.imported("b", "Id")),
    )
    second = sample.template(
        outputs=sample.export("b", "Id", sample.ref("Vpc")),
        Vpc=VPC,
        Group=group(sample.imported("a", "VpcId")),
    )

    assert codes(sample.view(first, second)) == ["import-order", "import-cycle"]


def test_a_reference_to_nothing_is_found_in_each_form() -> None:
    for value in (
        sample.ref("Gone"),
        sample.get("Gone", "Arn"),
        sample.sub("x-${Gone}"),
        sample.sub("${Gone.Arn}"),
    ):
        assert codes(sample.view(sample.template(Group=group(value)))) == ["dangling-reference"], value


def test_pseudo_parameters_parameters_and_own_variables_are_no_dangling_references() -> None:
    body = sample.template(
        One=group(sample.sub("${AWS::Region}")),
        Two=group(sample.ref("Chosen")),
        Three=group({"Fn::Sub": ["${x}-${!Literal}", {"x": "y"}]}),
    )
    body["Parameters"] = {"Chosen": {"Type": "String"}}

    assert codes(sample.view(body)) == []


def test_exports_that_nothing_imports_can_be_listed() -> None:
    assert link.unused_exports(sample.view(producer())) == ("shop-dev-a-VpcId",)
    assert link.unused_exports(sample.view(producer(), consumer())) == ()
