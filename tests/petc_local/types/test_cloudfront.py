from __future__ import annotations

import json
import shutil
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest

from petc.layers.contracts import SITE_HEADER, VIEWER_HEADER
from petc.layers.frontend import MANAGED_POLICIES
from petc.layers.frontend.viewer_address import CODE
from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, ref, resource, zipped
from tests.petc_local.types.test_lambda_functions import function


def site(aws: LocalAws) -> dict[str, Any]:
    invoke = {
        "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    }
    origins = [
        {
            "Id": "files",
            "DomainName": att("Files", "RegionalDomainName"),
            "OriginAccessControlId": att("Access", "Id"),
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        },
        {
            "Id": "api",
            "DomainName": {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.amazonaws.com"},
            "OriginPath": "/v1",
            "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
        },
    ]
    cache = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    behavior = {"ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": cache}
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": {"Fn::Sub": "${Files.Arn}/*"},
            "Condition": {
                "StringEquals": {
                    "AWS:SourceArn": {"Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}"}
                }
            },
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": {"Fn::Sub": "${Files.Arn}/*"},
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    access = {"Name": "files", "OriginAccessControlOriginType": "s3", "SigningBehavior": "always"}
    return {
        "Files": resource("AWS::S3::Bucket"),
        "Policy": resource(
            "AWS::S3::BucketPolicy",
            Bucket=ref("Files"),
            PolicyDocument={"Version": "2012-10-17", "Statement": statements},
        ),
        "Access": resource(
            "AWS::CloudFront::OriginAccessControl",
            OriginAccessControlConfig={**access, "SigningProtocol": "sigv4"},
        ),
        "Function": function(aws),
        "Api": resource("AWS::ApiGateway::RestApi", Name="api"),
        "Path": resource(
            "AWS::ApiGateway::Resource",
            RestApiId=ref("Api"),
            ParentId=att("Api", "RootResourceId"),
            PathPart="api",
        ),
        "Method": resource(
            "AWS::ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=ref("Path"),
            HttpMethod="GET",
            AuthorizationType="NONE",
            Integration={"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": invoke},
        ),
        "Deployment": {
            **resource("AWS::ApiGateway::Deployment", RestApiId=ref("Api")),
            "DependsOn": "Method",
        },
        "Stage": resource(
            "AWS::ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref("Deployment"), StageName="v1"
        ),
        "Site": resource(
            "AWS::CloudFront::Distribution",
            DistributionConfig={
                "Enabled": True,
                "DefaultRootObject": "index.html",
                "Origins": origins,
                "DefaultCacheBehavior": {**behavior, "TargetOriginId": "files"},
                "CacheBehaviors": [{**behavior, "PathPattern": "/api*", "TargetOriginId": "api"}],
            },
        ),
    }


def asked(aws: LocalAws, host: str, path: str) -> tuple[int, str]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    request = urllib.request.Request(f"{aws.endpoint}{path}", headers={"Host": host})
    try:
        with urllib.request.build_opener(Stay).open(request) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def served(aws: LocalAws) -> tuple[LocalAws, str]:
    made = create(aws, site(aws), outputs={"Host": att("Site", "DomainName"), "Files": ref("Files")})
    assert made.status == "CREATE_COMPLETE", made.reasons
    aws.client("s3").put_object(Bucket=made.outputs["Files"], Key="index.html", Body=b"the site")
    return aws, made.outputs["Host"].partition(".")[0]


def test_the_files_are_served_under_the_local_name(served: tuple[LocalAws, str]) -> None:
    aws, label = served

    assert asked(aws, f"{label}.cloudfront.localhost", "/") == (200, "the site")


def test_the_api_is_served_beside_them(served: tuple[LocalAws, str]) -> None:
    aws, label = served

    assert asked(aws, f"{label}.cloudfront.localhost", "/api") == (200, "hello")


def test_the_name_at_aws_redirects_to_tls(served: tuple[LocalAws, str]) -> None:
    aws, label = served

    assert asked(aws, f"{label}.cloudfront.net", "/")[0] == 301


def test_what_the_policy_does_not_allow_is_not_served(served: tuple[LocalAws, str]) -> None:
    aws, label = served
    (bucket,) = (
        item["Name"] for item in aws.client("s3").list_buckets()["Buckets"] if "code" not in item["Name"]
    )
    closed = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
        ],
    }
    aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(closed))

    assert asked(aws, f"{label}.cloudfront.localhost", "/")[0] == 403


@pytest.mark.skipif(shutil.which("node") is None, reason="functions of a distribution run in Node.js")
def test_the_gateway_learns_the_address_of_the_viewer_whatever_the_viewer_sends(aws: LocalAws) -> None:
    """The function that layer frontend compiles overwrites the header, and the origin's own header replaces a guess."""
    echo = "import json\ndef handler(event, context):\n"
    echo += "    return {'statusCode': 200, 'body': json.dumps(event['headers'])}\n"
    whole = site(aws)
    s3 = aws.client("s3")
    s3.put_object(
        Bucket=whole["Function"]["Properties"]["Code"]["S3Bucket"],
        Key="echo.zip",
        Body=zipped({"handler.py": echo}),
    )
    whole["Function"]["Properties"]["Code"]["S3Key"] = "echo.zip"
    whole["Viewer"] = resource(
        "AWS::CloudFront::Function",
        Name="viewer",
        AutoPublish=True,
        FunctionCode=CODE,
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
    )
    config = whole["Site"]["Properties"]["DistributionConfig"]
    config["Origins"][1]["OriginCustomHeaders"] = [{"HeaderName": SITE_HEADER, "HeaderValue": "secret"}]
    config["CacheBehaviors"][0] |= {
        "OriginRequestPolicyId": MANAGED_POLICIES["AllViewerExceptHostHeader"],
        "CachePolicyId": MANAGED_POLICIES["CachingDisabled"],
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": att("Viewer", "FunctionARN")}
        ],
    }
    made = create(aws, whole, outputs={"Host": att("Site", "DomainName")})
    assert made.status == "CREATE_COMPLETE", made.reasons
    forged = {"X-Forwarded-For": "192.0.2.1", VIEWER_HEADER: "192.0.2.2", SITE_HEADER: "a guess"}
    host = f"{made.outputs['Host'].partition('.')[0]}.cloudfront.localhost"
    request = urllib.request.Request(f"{aws.endpoint}/api", headers={"Host": host, **forged})
    with urllib.request.urlopen(request) as answer:
        seen = {name.lower(): value for name, value in json.loads(answer.read()).items()}

    assert (seen[VIEWER_HEADER], seen[SITE_HEADER]) == ("127.0.0.1", "secret")
    assert seen["x-forwarded-for"].startswith("192.0.2.1")
