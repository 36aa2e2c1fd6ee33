"""Addresses in the AWS console, in the region and partition that an ARN names."""

from __future__ import annotations

from urllib.parse import quote

_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def alarm(arn: str) -> str:
    """Return the console's page of a CloudWatch alarm, or the empty string when `arn` names none.

    The form is `arn:partition:cloudwatch:region:account:alarm:name`; the name may hold any character.
    """
    parts = arn.split(":", 6)
    if len(parts) != 7 or parts[2] != "cloudwatch" or parts[5] != "alarm" or parts[1] not in _HOSTS:
        return ""
    region, name = quote(parts[3], safe=""), quote(parts[6], safe="")
    return f"https://{region}.{_HOSTS[parts[1]]}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"
