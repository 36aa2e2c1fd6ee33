from __future__ import annotations

import pytest

from petc.resources.logical_ids import renamed


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"Ref": "Old"}, {"Ref": "New"}),
        ({"Ref": "Older"}, {"Ref": "Older"}),
        ({"Fn::GetAtt": ["Old", "Arn"]}, {"Fn::GetAtt": ["New", "Arn"]}),
        ({"Fn::GetAtt": "Old.Arn"}, {"Fn::GetAtt": "New.Arn"}),
        (
            {"Fn::Sub": "${Old}/${Old.Arn}/${Older}/${!Old}"},
            {"Fn::Sub": "${New}/${New.Arn}/${Older}/${!Old}"},
        ),
        ({"Fn::Sub": ["${A}", {"A": {"Ref": "Old"}}]}, {"Fn::Sub": ["${A}", {"A": {"Ref": "New"}}]}),
        ({"DependsOn": "Old"}, {"DependsOn": "New"}),
        ({"DependsOn": ["A", "Old"]}, {"DependsOn": ["A", "New"]}),
        ([{"Name": "Old"}], [{"Name": "Old"}]),
    ],
)
def test_every_reference_gets_the_other_id_and_nothing_else(part: object, expected: object) -> None:
    assert renamed(part, "Old", "New") == expected  # type: ignore[arg-type]
