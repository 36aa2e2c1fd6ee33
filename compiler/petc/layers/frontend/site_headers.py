"""Security headers of every answer from the distribution."""

from __future__ import annotations

from typing import Any

from troposphere import Sub, cloudfront

from petc.layers.api_gateway import gateway_paths
from petc.layers.base import Draft
from petc.model import queries

HSTS_SECONDS = 63_072_000
"""Two years, the least that browsers' preload lists recommend."""


def add_headers(draft: Draft, at: str, policy: str) -> cloudfront.ResponseHeadersPolicy:
    """Add the headers; `policy` is the Content-Security-Policy that the spec wants."""
    stage = draft.stage
    security = cloudfront.SecurityHeadersConfig(
        ContentSecurityPolicy=cloudfront.ContentSecurityPolicy(
            ContentSecurityPolicy=_content_policy(draft, policy), Override=True
        ),
        ContentTypeOptions=cloudfront.ContentTypeOptions(Override=True),
        FrameOptions=cloudfront.FrameOptions(FrameOption="DENY", Override=True),
        ReferrerPolicy=cloudfront.ReferrerPolicy(
            ReferrerPolicy="strict-origin-when-cross-origin", Override=True
        ),
        StrictTransportSecurity=cloudfront.StrictTransportSecurity(
            AccessControlMaxAgeSec=HSTS_SECONDS, IncludeSubdomains=True, Override=True
        ),
    )
    return draft.add(
        cloudfront.ResponseHeadersPolicy(
            "Headers",
            ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
                # Names of CloudFront are global in an account, and a stage may have several regions.
                Name=Sub(f"{stage.name}-{stage.stage}-${{AWS::Region}}"),
                Comment=f"Security headers of {stage.name} {stage.stage}",
                SecurityHeadersConfig=security,
            ),
        ),
        at,
        why="tells browsers to insist on TLS, declared types and declared sources",
    )


def _content_policy(draft: Draft, policy: str) -> Any:
    """Return the policy; pages that call the API at its own name may connect to it."""
    stage = draft.stage
    if not stage.frontend or stage.frontend.api != "direct" or not queries.has_gateway(stage):
        return policy
    return Sub(connecting(policy, "https://${ApiDomain}"), ApiDomain=gateway_paths.api_domain(draft))


def connecting(policy: str, source: str) -> str:
    """Return a Content-Security-Policy that also lets pages connect to `source`.

    Without a `connect-src` of its own the policy gets one that keeps the page's own origin, for it takes the
    place of `default-src`. Source: W3C, "Content Security Policy Level 3".
    """
    directives = [words for words in (part.split() for part in policy.split(";")) if words]
    connects = [words for words in directives if words[0].lower() == "connect-src"]
    if not connects:
        directives.append(["connect-src", "'self'", source])
    for words in connects:
        words[1:] = [*(word for word in words[1:] if word.lower() != "'none'"), source]
    return "; ".join(" ".join(words) for words in directives)
