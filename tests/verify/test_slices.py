"""The joined view in parts: what a layer's part holds, and that the parts find what the whole finds."""

from __future__ import annotations

import json

from petc.verify import accepted, join, lint, slices, stage_lint
from petc.verify.rendered import View, mapping
from petc.verify.slices import Slice
from tests.verify import sample

REGION = "us-west-2"


def parts(view: View) -> dict[int, Slice]:
    return {part.position: part for part in slices.slices(view, REGION)}


def names(part: Slice) -> list[str]:
    return sorted(mapping(part.template["Resources"]))


def group(name: str | None = None) -> dict[str, object]:
    return sample.resource("AWS::Logs::LogGroup", **({"LogGroupName": name} if name else {}))


def test_a_layer_that_imports_nothing_has_no_part() -> None:
    view = sample.view(sample.template(First=group()), sample.template(Second=group()))

    assert parts(view) == {}


def test_a_part_holds_what_the_layer_imports_and_nothing_else_of_other_layers() -> None:
    producer = sample.template(
        outputs=sample.export("a", "Arn", sample.get("Used", "Arn")), Used=group(), Unused=group()
    )
    consumer = sample.template(
        Topic=sample.resource("AWS::SNS::Topic", DisplayName=sample.imported("a", "Arn"))
    )
    found = parts(sample.view(producer, consumer))

    assert list(found) == [1]
    assert names(found[1]) == ["Topic", "Used"]


def test_a_change_elsewhere_leaves_a_part_as_it_is() -> None:
    consumer = sample.template(
        Topic=sample.resource("AWS::SNS::Topic", DisplayName=sample.imported("a", "Arn"))
    )

    def part(name: str) -> str:
        outputs = sample.export("a", "Arn", sample.get("Used", "Arn"))
        producer = sample.template(outputs=outputs, Used=group("/used"), Other=group(name))
        return parts(sample.view(producer, consumer))[1].text

    assert part("/one") == part("/two")


def test_resources_of_one_identity_in_two_layers_meet_in_both_parts() -> None:
    view = sample.view(
        sample.template(First=group("/same"), Alone=group("/a")), sample.template(Second=group("/same"))
    )
    found = parts(view)

    assert names(found[0]) == ["Alone", "First", "Second"]
    assert names(found[1]) == ["First", "Second"]
    # cfn-lint knows that a log group is its name, so both layers are told.
    told = [item for item in stage_lint.check(view, (REGION,)) if item.code == "lint-e3019"]
    assert [item.artifact for item in told] == ["01-a.yaml:First", "02-b.yaml:Second"]


def test_types_that_rules_compare_meet_though_they_have_no_identity() -> None:
    def association() -> dict[str, object]:
        return sample.resource(
            "AWS::EC2::SubnetRouteTableAssociation", SubnetId="subnet-1", RouteTableId="rtb-1"
        )

    found = parts(sample.view(sample.template(One=association()), sample.template(Two=association())))

    assert names(found[0]) == names(found[1]) == ["One", "Two"]


def test_the_parts_of_a_damaged_stage_find_what_the_whole_finds() -> None:
    # Every export gives the layer's first resource, whatever its importers need.
    damaged = json.loads(json.dumps([dict(item.template) for item in sample.stage(2)]))
    for template in damaged:
        first = next(iter(template["Resources"]), "")
        for output in template.get("Outputs", {}).values():
            output["Value"] = {"Ref": first}
    view = tuple(
        sample.rendered(item.layer, number, template)
        for number, (item, template) in enumerate(zip(sample.stage(2), damaged, strict=True), 1)
    )
    origins = join.origins(view)
    own = [
        accepted.Located(position, finding)
        for position, item in enumerate(view)
        for finding in lint.findings(item.template, (REGION,))
    ]
    in_parts = [
        finding
        for part in slices.slices(view, REGION)
        for finding in lint.findings(part.template, (REGION,))
        if stage_lint._is_about(finding, part.position, origins)
    ]
    whole = lint.findings(join.joined(view).template, (REGION,))

    def places(found: object) -> set[object]:
        located = stage_lint._only_joined(origins, found, own)  # type: ignore[arg-type]
        return {(item.position, item.finding.rule, item.finding.path) for item in located}

    assert places(whole)
    assert places(in_parts) == places(whole)
