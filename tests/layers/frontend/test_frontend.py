"""Tests of layer frontend: every noun of its list, both ways to the API, and other architectures."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from petc.layers import frontend
from petc.layers.frontend import site_headers
from petc.model.types import Stage
from tests import specs

SITE = """
petc: 1
name: brochure
tags: {owner: sales, cost-centre: shops}
frontend: {content: site, logs: false, price_class: PriceClass_All}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""

SHOP = """
petc: 1
name: shop
tags: {owner: sales, cost-centre: shops}
services:
  orders: {image: {tag: "1"}, route: /orders}
  desk: {image: {tag: "1"}, route: {path: /api/desk, admit: [192.0.2.0/24]}}
  catalogue: {image: {tag: "1"}, route: /api/catalogue/items}
frontend: {content: site}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""


def template(stage: Stage) -> dict[str, Any]:
    """Return the layer's template as plain values."""
    found: dict[str, Any] = json.loads(json.dumps(frontend.emit(stage).template))
    return found


def properties(stage: Stage, logical_id: str) -> dict[str, Any]:
    """Return a resource's properties."""
    found: dict[str, Any] = template(stage)["Resources"][logical_id]["Properties"]
    return found


def distribution(stage: Stage) -> dict[str, Any]:
    """Return the distribution's configuration."""
    found: dict[str, Any] = properties(stage, "Distribution")["DistributionConfig"]
    return found


def with_site(stage: Stage, **changes: Any) -> Stage:
    """Return the stage with another front end."""
    assert stage.frontend
    return dataclasses.replace(stage, frontend=dataclasses.replace(stage.frontend, **changes))


def statements(stage: Stage, logical_id: str) -> dict[str, Any]:
    """Return the statements of a bucket policy by Sid."""
    found = properties(stage, logical_id)["PolicyDocument"]["Statement"]
    return {statement["Sid"]: statement for statement in found}


@pytest.mark.parametrize(
    ("bucket", "ownership"), [("Site", "BucketOwnerEnforced"), ("SiteLogs", "BucketOwnerPreferred")]
)
def test_private_encrypted_bucket(dev: Stage, bucket: str, ownership: str) -> None:
    made = properties(dev, bucket)

    rules = made["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rules == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    assert set(made["PublicAccessBlockConfiguration"].values()) == {True}
    assert made["OwnershipControls"] == {"Rules": [{"ObjectOwnership": ownership}]}
    assert "BucketName" not in made


def test_files_can_be_brought_back(dev: Stage) -> None:
    assert properties(dev, "Site")["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("policy", ["SitePolicy", "SiteLogsPolicy"])
def test_buckets_are_reached_by_tls_only(dev: Stage, policy: str) -> None:
    denial = statements(dev, policy)["TlsOnly"]

    assert denial["Effect"] == "Deny"
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(denial["Resource"]) == 2


def test_buckets_stay_where_the_stage_keeps_data(dev: Stage, prod: Stage) -> None:
    assert template(dev)["Resources"]["Site"]["DeletionPolicy"] == "Delete"
    assert template(prod)["Resources"]["Site"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_origin_access_control(dev: Stage) -> None:
    """The distribution signs its requests, and the bucket admits that distribution alone."""
    control = properties(dev, "AccessControl")["OriginAccessControlConfig"]
    read = statements(dev, "SitePolicy")["ReadFiles"]
    files = distribution(dev)["Origins"][0]

    assert (control["SigningBehavior"], control["SigningProtocol"]) == ("always", "sigv4")
    assert files["OriginAccessControlId"] == {"Ref": "AccessControl"}
    assert files["DomainName"] == {"Fn::GetAtt": ["Site", "RegionalDomainName"]}
    assert read["Principal"] == {"Service": ["cloudfront.amazonaws.com"]}
    assert read["Action"] == ["s3:GetObject"]
    assert read["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"].endswith(
        ":distribution/${Distribution}"
    )


def test_names_that_are_global_in_an_account_carry_the_region(dev: Stage) -> None:
    named = {"Fn::Sub": "petclinic-dev-${AWS::Region}"}

    assert properties(dev, "AccessControl")["OriginAccessControlConfig"]["Name"] == named
    assert properties(dev, "Headers")["ResponseHeadersPolicyConfig"]["Name"] == named


def test_security_headers(dev: Stage) -> None:
    assert dev.frontend
    headers = properties(dev, "Headers")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]

    transport = headers["StrictTransportSecurity"]
    assert transport["AccessControlMaxAgeSec"] >= 31536000
    assert transport["IncludeSubdomains"] is True
    assert headers["ContentTypeOptions"] == {"Override": True}
    assert headers["FrameOptions"]["FrameOption"] == "DENY"
    assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "strict-origin-when-cross-origin"
    wanted = dev.frontend.content_security_policy
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] == wanted


def test_every_behaviour_sends_the_security_headers(dev: Stage) -> None:
    made = distribution(dev)

    sent = [made["DefaultCacheBehavior"], *made["CacheBehaviors"]]
    assert [behaviour["ResponseHeadersPolicyId"] for behaviour in sent] == [{"Ref": "Headers"}] * len(sent)


def test_https_only(dev: Stage) -> None:
    made = distribution(dev)

    behaviours = [made["DefaultCacheBehavior"], *made["CacheBehaviors"]]
    assert {behaviour["ViewerProtocolPolicy"] for behaviour in behaviours} == {"redirect-to-https"}
    assert made["Origins"][1]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert made["Origins"][1]["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]


def test_default_certificate_without_a_domain(dev: Stage) -> None:
    assert distribution(dev)["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert "Aliases" not in distribution(dev)


def test_a_domain_brings_its_certificate_and_modern_tls(dev: Stage) -> None:
    own = with_site(dev, domain="www.example.com")
    made = distribution(own)

    parameters = {item.name: item for item in frontend.emit(own).parameters}
    assert made["Aliases"] == ["www.example.com"]
    assert made["ViewerCertificate"] == {
        "AcmCertificateArn": {"Ref": "SiteCertificate"},
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert set(parameters["SiteCertificate"].values) == {"us-west-2"}
    assert template(own)["Outputs"]["SiteUrl"]["Value"] == "https://www.example.com/"


def test_logs(dev: Stage) -> None:
    """Log lines expire with all other logs, and hold no cookies."""
    logging = distribution(dev)["Logging"]
    rules = properties(dev, "SiteLogs")["LifecycleConfiguration"]["Rules"]

    assert logging["Bucket"] == {"Fn::GetAtt": ["SiteLogs", "DomainName"]}
    assert logging["IncludeCookies"] is False
    assert [rule["ExpirationInDays"] for rule in rules if rule["Id"] == "expire"] == [30]
    assert template(dev)["Resources"]["Distribution"]["DependsOn"] == ["SiteLogsPolicy"]


def test_logs_can_be_left_out() -> None:
    stage = specs.stage_of(SITE)

    assert "Logging" not in distribution(stage)
    assert "SiteLogs" not in template(stage)["Resources"]


def test_api_same_origin(dev: Stage) -> None:
    """Requests below the open routes go on to the API, uncached, with its own host name and stage."""
    made = distribution(dev)
    (behaviour,) = made["CacheBehaviors"]
    origin = made["Origins"][1]

    assert behaviour["PathPattern"] == "/api/*"
    assert behaviour["TargetOriginId"] == origin["Id"]
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behaviour["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert set(behaviour["AllowedMethods"]) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    assert origin["DomainName"]["Fn::Sub"] == [
        "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
        {"Api": {"Fn::ImportValue": "petclinic-dev-api-gateway-ApiId"}},
    ]
    assert origin["OriginPath"]["Fn::Sub"] == [
        "/${ApiStage}",
        {"ApiStage": {"Fn::ImportValue": "petclinic-dev-api-gateway-StageName"}},
    ]


def test_api_direct(dev: Stage) -> None:
    """The distribution knows no API, and pages may connect to it at its own name."""
    direct = with_site(dev, api="direct")

    headers = properties(direct, "Headers")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0]
    assert "CacheBehaviors" not in distribution(direct)
    assert len(distribution(direct)["Origins"]) == 1
    assert "connect-src 'self' https://${ApiDomain}" in policy


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'self';", "default-src 'self'; connect-src 'self' https://api"),
        ("connect-src 'none'; img-src *", "connect-src https://api; img-src *"),
        ("connect-src 'self' wss://chat", "connect-src 'self' wss://chat https://api"),
    ],
)
def test_a_content_policy_learns_one_more_source(policy: str, expected: str) -> None:
    assert site_headers.connecting(policy, "https://api") == expected


def test_closed_routes_are_not_behind_the_distribution() -> None:
    """There every caller has an address of CloudFront, so an admitted one could not be told."""
    patterns = frontend.api_patterns(specs.stage_of(SHOP))

    assert patterns == ("/orders", "/orders/*", "/api/catalogue/*")


def test_errors_of_the_api_are_not_replaced(dev: Stage) -> None:
    assert "CustomErrorResponses" not in distribution(dev)


def test_delivery(dev: Stage) -> None:
    made = distribution(dev)

    assert made["DefaultRootObject"] == "index.html"
    assert made["HttpVersion"] == "http2and3"
    assert made["IPV6Enabled"] is True
    assert made["PriceClass"] == "PriceClass_100"
    assert made["DefaultCacheBehavior"]["Compress"] is True
    assert made["DefaultCacheBehavior"]["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"


def test_export_and_outputs_for_people(dev: Stage) -> None:
    outputs = template(dev)["Outputs"]

    assert frontend.emit(dev).exports == ("petclinic-dev-frontend-DistributionId",)
    assert outputs["SiteUrl"]["Value"] == {"Fn::Sub": "https://${Distribution.DomainName}/"}
    assert outputs["SiteBucket"]["Value"] == {"Ref": "Site"}


def test_a_site_without_an_api_imports_nothing() -> None:
    emitted = frontend.emit(specs.stage_of(SITE))

    assert emitted.imports == ()


def test_without_a_front_end_the_layer_is_empty(dev: Stage) -> None:
    bare = dataclasses.replace(dev, frontend=None)

    assert not template(bare).get("Resources")
