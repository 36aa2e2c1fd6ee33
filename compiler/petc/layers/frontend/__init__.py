"""Layer frontend: a private bucket with the site's files behind a CloudFront distribution.

A web ACL and alarms of CloudFront exist in us-east-1 only and are not part of this layer.
"""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, Sub, cloudfront

from petc.layers import contracts
from petc.layers.api_gateway import gateway_paths
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.frontend import site_buckets, site_headers, viewer_address
from petc.model import queries
from petc.model.types import Frontend, Stage

MANAGED_POLICIES = {
    "CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "AllViewerExceptHostHeader": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
}
"""Ids of CloudFront's own policies, the same in every account.

Source: Amazon CloudFront Developer Guide, "Use managed cache policies" and the same for origin requests.
"""

READS = ["GET", "HEAD", "OPTIONS"]
EVERYTHING = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
"""The only set that CloudFront takes for methods that write."""

ANSWER_SECONDS = 30
"""How long CloudFront waits for the API, which gives up after 29 seconds."""

FILES, API = "files", "api"
DISTRIBUTION = "Distribution"


def emit(stage: Stage) -> LayerTemplate:
    """Emit the bucket, the distribution that alone reads it, its headers and its logs."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    site = stage.frontend
    if site is None:
        return draft.finish()
    bucket = site_buckets.add_files(draft, site.at)
    headers = site_headers.add_headers(
        draft, f"{site.at}/content_security_policy", site.content_security_policy
    )
    control = _access_control(draft, site)
    origins = [
        cloudfront.Origin(
            Id=FILES,
            DomainName=GetAtt(bucket, "RegionalDomainName"),
            OriginAccessControlId=Ref(control),
            S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
        )
    ]
    optional, after = _logging(draft, site)
    if queries.api_behind_site(stage):
        origins.append(_api_origin(draft))
        called: dict[str, Any] = {}
        if queries.counts_viewers(stage):
            called["FunctionAssociations"] = [viewer_address.add_function(draft, site.at)]
        optional["CacheBehaviors"] = [
            _api_behaviour(pattern, headers, called) for pattern in api_patterns(stage)
        ]
    # No answers in place of errors: they would also take the place of the API's own.
    config = cloudfront.DistributionConfig(
        Enabled=True,
        Comment=f"{stage.name} {stage.stage}",
        DefaultRootObject="index.html",
        HttpVersion="http2and3",
        IPV6Enabled=True,
        PriceClass=site.price_class,
        Origins=origins,
        DefaultCacheBehavior=cloudfront.DefaultCacheBehavior(
            TargetOriginId=FILES,
            ViewerProtocolPolicy="redirect-to-https",
            AllowedMethods=READS,
            Compress=True,
            CachePolicyId=MANAGED_POLICIES["CachingOptimized"],
            ResponseHeadersPolicyId=Ref(headers),
        ),
        **_names(draft, site),
        **optional,
    )
    distribution = draft.add(
        cloudfront.Distribution(DISTRIBUTION, DistributionConfig=config),
        site.at,
        why="delivers the site, and where the spec says so the API, by TLS from near its users",
        after=after,
    )
    site_buckets.allow_distribution(draft, bucket, DISTRIBUTION, site.at)
    draft.export(contracts.DISTRIBUTION_ID, Ref(distribution), description="id of the distribution")
    url = f"https://{site.domain}/" if site.domain else Sub("https://${Distribution.DomainName}/")
    draft.output("SiteUrl", url, "URL of the site")
    draft.output(
        "DistributionDomain", GetAtt(distribution, "DomainName"), "where the site's DNS record points"
    )
    draft.output("SiteBucket", Ref(bucket), "bucket that takes the site's files")
    return draft.finish()


def api_patterns(stage: Stage) -> tuple[str, ...]:
    """Return the path patterns that lead to the API, from the routes that are open to all.

    Closed routes have none: behind the distribution every caller has an address of CloudFront.
    Nor has a route at the root, which is the site's.
    """
    found: list[str] = []
    for prefix in gateway_paths.open_prefixes(stage):
        if not prefix:
            continue
        text = "/" + "/".join(prefix)
        if any(path.segments == prefix for path in gateway_paths.public_paths(stage)):
            found.append(text)
        found.append(f"{text}/*")
    return tuple(found)


def _access_control(draft: Draft, site: Frontend) -> cloudfront.OriginAccessControl:
    stage = draft.stage
    return draft.add(
        cloudfront.OriginAccessControl(
            "AccessControl",
            OriginAccessControlConfig=cloudfront.OriginAccessControlConfig(
                # Names of CloudFront are global in an account, and a stage may have several regions.
                Name=Sub(f"{stage.name}-{stage.stage}-${{AWS::Region}}"),
                OriginAccessControlOriginType="s3",
                SigningBehavior="always",
                SigningProtocol="sigv4",
            ),
        ),
        site.at,
        why="signs the distribution's requests to the bucket",
    )


def _api_origin(draft: Draft) -> cloudfront.Origin:
    optional: dict[str, Any] = {}
    if queries.counts_viewers(draft.stage):
        optional["OriginCustomHeaders"] = viewer_address.proof(draft)
    return cloudfront.Origin(
        Id=API,
        DomainName=gateway_paths.api_domain(draft),
        OriginPath=Sub("/${ApiStage}", ApiStage=draft.imported(contracts.API_STAGE)),
        CustomOriginConfig=cloudfront.CustomOriginConfig(
            OriginProtocolPolicy="https-only",
            OriginSSLProtocols=["TLSv1.2"],
            OriginReadTimeout=ANSWER_SECONDS,
        ),
        **optional,
    )


def _api_behaviour(
    pattern: str, headers: cloudfront.ResponseHeadersPolicy, called: dict[str, Any]
) -> cloudfront.CacheBehavior:
    return cloudfront.CacheBehavior(
        PathPattern=pattern,
        TargetOriginId=API,
        ViewerProtocolPolicy="redirect-to-https",
        AllowedMethods=EVERYTHING,
        CachePolicyId=MANAGED_POLICIES["CachingDisabled"],
        # API Gateway finds the API by the Host header, so it must be the API's own.
        OriginRequestPolicyId=MANAGED_POLICIES["AllViewerExceptHostHeader"],
        ResponseHeadersPolicyId=Ref(headers),
        **called,
    )


def _names(draft: Draft, site: Frontend) -> dict[str, Any]:
    """Return the site's names and certificate; the default certificate brings its own rules for TLS."""
    if not site.domain:
        return {"ViewerCertificate": cloudfront.ViewerCertificate(CloudFrontDefaultCertificate=True)}
    certificate = draft.parameter(
        "SiteCertificate",
        f"ARN of the certificate for {site.domain}, in us-east-1",
        lambda region: region.site_certificate,
    )
    return {
        "Aliases": [site.domain],
        "ViewerCertificate": cloudfront.ViewerCertificate(
            AcmCertificateArn=Ref(certificate),
            MinimumProtocolVersion="TLSv1.2_2021",
            SslSupportMethod="sni-only",
        ),
    }


def _logging(draft: Draft, site: Frontend) -> tuple[dict[str, Any], list[Any]]:
    """Return the distribution's log setting, and what must stand before it."""
    if not site.logs:
        return {}, []
    bucket, policy = site_buckets.add_logs(draft, f"{site.at}/logs")
    setting = cloudfront.Logging(
        Bucket=GetAtt(bucket, "DomainName"), IncludeCookies=False, Prefix="distribution/"
    )
    return {"Logging": setting}, [policy]


LAYER = Layer("frontend", 11, "static site in a private bucket behind a CloudFront distribution", emit)
