"""The address of a viewer as the gateway behind the distribution gets it.

CloudFront appends the viewer's address to `X-Forwarded-For`, behind whatever the viewer sent, and AWS WAF reads the
first address of a header. `CloudFront-Viewer-Address` holds the port as well, which is no address to WAF. So a
function of the distribution overwrites a header of its own. Sources: Amazon CloudFront Developer Guide, "Add the
True-Client-IP header" and "Request and response behavior for custom origins"; AWS WAF Developer Guide, "Using
forwarded IP addresses".
"""

from __future__ import annotations

from troposphere import GetAtt, Sub, cloudfront

from petc.layers import contracts
from petc.layers.base import Draft
from petc.layers.contracts import SITE_HEADER, VIEWER_HEADER

CODE = f"""function handler(event) {{
  event.request.headers['{VIEWER_HEADER}'] = {{value: event.viewer.ip}};
  return event.request;
}}
"""


def add_function(draft: Draft, at: str) -> cloudfront.FunctionAssociation:
    """Add the function that writes the header, and return its place in a behaviour of the distribution."""
    stage = draft.stage
    function = draft.add(
        cloudfront.Function(
            "ViewerAddress",
            # Names of CloudFront are global in an account, and a stage may have several regions.
            Name=Sub(f"{stage.name}-{stage.stage}-viewer-${{AWS::Region}}"),
            AutoPublish=True,
            FunctionCode=CODE,
            FunctionConfig=cloudfront.FunctionConfig(
                Comment=f"Tells {stage.name} {stage.stage} who calls", Runtime="cloudfront-js-2.0"
            ),
        ),
        at,
        why="tells the web ACL the viewer's address, which the viewer cannot choose",
    )
    return cloudfront.FunctionAssociation(
        EventType="viewer-request", FunctionARN=GetAtt(function, "FunctionARN")
    )


def proof(draft: Draft) -> list[cloudfront.OriginCustomHeader]:
    """Return the header by which the web ACL knows the distribution; CloudFront overwrites a viewer's own.

    Source: Amazon CloudFront Developer Guide, "Add custom headers to origin requests".
    """
    secret = Sub(
        "{{resolve:secretsmanager:${Secret}:SecretString}}",
        Secret=draft.imported(contracts.SITE_SECRET_ARN),
    )
    return [cloudfront.OriginCustomHeader(HeaderName=SITE_HEADER, HeaderValue=secret)]
