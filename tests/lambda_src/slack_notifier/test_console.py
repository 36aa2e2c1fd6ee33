"""Links lead to the console of the alarm's own region and partition."""

from __future__ import annotations

import pytest

from slack_notifier import console


@pytest.mark.parametrize(
    ("arn", "start"),
    [
        ("arn:aws:cloudwatch:eu-west-1:1:alarm:a", "https://eu-west-1.console.aws.amazon.com/cloudwatch/"),
        ("arn:aws-cn:cloudwatch:cn-north-1:1:alarm:a", "https://cn-north-1.console.amazonaws.cn/cloudwatch/"),
    ],
)
def test_the_host_follows_region_and_partition(arn: str, start: str) -> None:
    assert console.alarm(arn).startswith(start)


def test_a_name_may_hold_colons_and_slashes() -> None:
    assert console.alarm("arn:aws:cloudwatch:us-west-2:1:alarm:a:b/c").endswith("#alarmsV2:alarm/a%3Ab%2Fc")


@pytest.mark.parametrize("arn", ["", "arn:aws:sns:us-west-2:1:topic", "arn:aws-x:cloudwatch:r:1:alarm:a"])
def test_what_is_no_alarm_has_no_link(arn: str) -> None:
    assert console.alarm(arn) == ""
