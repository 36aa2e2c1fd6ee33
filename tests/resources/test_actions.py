"""IAM actions as the Service Authorization Reference lists them."""

from __future__ import annotations

import pytest

from petc.resources.actions import limited_to


@pytest.mark.parametrize(
    ("action", "kinds"),
    [
        ("s3:CreateBucket", ("bucket",)),
        ("S3:createbucket", ("bucket",)),
        ("s3:ListAllMyBuckets", ()),
        ("s3:REST.PUT.OBJECT", None),
        ("nobody:Knows", None),
    ],
)
def test_an_action_says_what_it_may_be_limited_to(action: str, kinds: tuple[str, ...] | None) -> None:
    assert limited_to(action) == kinds
