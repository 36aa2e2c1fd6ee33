"""What stands before a stage needs: API Gateway, load balancers, CloudFront, WAF and names of Route 53."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, RequiredCall, call, linked, passes

_API = (
    f"{REFERENCE}list_amazonapigatewaymanagement.html",
    f"{REFERENCE}list_amazonapigatewaymanagementv2.html",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html",
)
_ELB = (
    f"{REFERENCE}list_awselasticloadbalancingv2.html",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html",
)
_CLOUDFRONT = (
    f"{REFERENCE}list_amazoncloudfront.html",
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
)
_WAF = (
    f"{REFERENCE}list_awswafv2.html",
    "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
)
_ROUTE53 = (f"{REFERENCE}list_amazonroute53.html",)

_API_ROOT = "apigateway:{region}::/restapis/{RestApiId}"
_METHOD = f"{_API_ROOT}/resources/{{ResourceId}}/methods/{{HttpMethod}}"
_RESOURCE = f"{_API_ROOT}/resources/{{id}}"
_ANSWER = f"{_API_ROOT}/gatewayresponses/{{ResponseType}}"
_STAGE = f"{_API_ROOT}/stages/{{StageName}}"
_OWN_API = "apigateway:{region}::/restapis/{id}"
_TAGS = "apigateway:{region}::/tags/*"
_METHOD_PARTS = tuple(
    call("apigateway:PUT", f"{_METHOD}/{part}", when=prop)
    for part, prop in (
        ("integration", "Integration"),
        ("integration/responses/*", "Integration.IntegrationResponses"),
        ("responses/*", "MethodResponses"),
    )
)


def _path(path: str) -> str:
    return f"apigateway:{{region}}::{path}"


def _put(arn: str, when: str = "Tags") -> RequiredCall:
    return call("apigateway:PUT", arn, when=when)


_EC2 = (
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
"""CreateLoadBalancer, in "Elastic Load Balancing API permissions"."""

_LISTENER, _LISTENER_RULE = (
    f"elasticloadbalancing:{{here}}:{kind}/app/{{id}}" for kind in ("listener", "listener-rule")
)
_BALANCER = "elasticloadbalancing:{here}:loadbalancer/app/{id}"
_TARGETS = "elasticloadbalancing:{here}:targetgroup/{id}"
_NEW_BALANCER = "elasticloadbalancing:{here}:loadbalancer/app/*"
_NEW_GROUP = "elasticloadbalancing:{here}:targetgroup/*"
_DISTRIBUTION = "cloudfront::{account}:distribution/{id}"
_LOGGED = tuple(
    call(f"s3:{verb}BucketAcl", "s3:::{DistributionConfig.Logging.Bucket|bucket}", when="DistributionConfig")
    for verb in ("Get", "Put")
)
_OTHERS = "wafv2:{here}:{Scope|scope}/managedruleset/*/*"
_ZONE = "route53:::hostedzone/{HostedZoneId}"
_RECORD = {"route53:ChangeResourceRecordSetsNormalizedRecordNames": "{Name|record}"}


def _elb_tags(own: str) -> tuple[RequiredCall, ...]:
    return (
        call("elasticloadbalancing:AddTags", own, when="Tags"),
        call("elasticloadbalancing:RemoveTags", own, when="-Tags"),
    )


def _config(kind: str, name: str) -> Needs:
    """Return what a setting of CloudFront takes that distributions use."""
    own = f"cloudfront::{{account}}:{kind}/{{id}}"
    return Needs(
        _CLOUDFRONT,
        create=(call(f"cloudfront:Create{name}"),),
        update=(call(f"cloudfront:Update{name}", own), call(f"cloudfront:Get{name}", own)),
        delete=(call(f"cloudfront:Delete{name}", own), call(f"cloudfront:Get{name}", own)),
        read=(call(f"cloudfront:Get{name}", own),),
    )


def _protecting(verb: str, deleting: str) -> tuple[RequiredCall, ...]:
    """Return attaching or detaching a web ACL; AssociateWebACL and DisassociateWebACL, dependent actions."""
    return (
        call(f"wafv2:{verb}WebACL", "{ResourceArn}", *(("{WebACLArn}",) if verb == "Associate" else ())),
        call("apigateway:SetWebACL", "{ResourceArn}", when="ResourceArn~:apigateway:"),
        call("elasticloadbalancing:SetWebAcl", when="ResourceArn~:loadbalancer/"),
        call(
            f"elasticloadbalancing:{deleting}WebACLAssociation",
            "{ResourceArn}",
            when="ResourceArn~:loadbalancer/",
        ),
    )


_WAF_LOGS = tuple(
    call(f"logs:{action}", when="LogDestinationConfigs")
    for action in ("CreateLogDelivery", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups")
)

NEEDS: Mapping[str, Needs] = {
    "AWS::ApiGateway::Account": Needs(
        (*_API, "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"),
        create=(
            call("apigateway:PATCH", _path("/account")),
            passes("CloudWatchRoleArn", "apigateway.amazonaws.com"),
        ),
        update=(
            call("apigateway:PATCH", _path("/account")),
            passes("CloudWatchRoleArn", "apigateway.amazonaws.com"),
        ),
        delete=(),
        read=(call("apigateway:GET", _path("/account")),),
    ),
    "AWS::ApiGateway::ApiKey": Needs(
        _API,
        create=(call("apigateway:POST", _path("/apikeys")),),
        update=(call("apigateway:PATCH", _path("/apikeys/{id}")),),
        delete=(call("apigateway:DELETE", _path("/apikeys/{id}")),),
        read=(call("apigateway:GET", _path("/apikeys/{id}")),),
    ),
    "AWS::ApiGateway::Deployment": Needs(
        _API,
        create=(call("apigateway:POST", f"{_API_ROOT}/deployments"),),
        update=(call("apigateway:PATCH", f"{_API_ROOT}/deployments/{{id}}"),),
        delete=(call("apigateway:DELETE", f"{_API_ROOT}/deployments/{{id}}"),),
        read=(call("apigateway:GET", f"{_API_ROOT}/deployments/{{id}}"),),
    ),
    "AWS::ApiGateway::GatewayResponse": Needs(
        _API,
        create=(call("apigateway:PUT", _ANSWER),),
        update=(call("apigateway:PUT", _ANSWER),),
        delete=(call("apigateway:DELETE", _ANSWER),),
        read=(call("apigateway:GET", _ANSWER),),
    ),
    "AWS::ApiGateway::Method": Needs(
        _API,
        create=(call("apigateway:PUT", _METHOD), *_METHOD_PARTS),
        update=(call("apigateway:PUT", _METHOD), *_METHOD_PARTS),
        delete=(call("apigateway:DELETE", _METHOD),),
        read=(call("apigateway:GET", _METHOD),),
    ),
    "AWS::ApiGateway::Resource": Needs(
        _API,
        create=(call("apigateway:POST", f"{_API_ROOT}/resources/{{ParentId}}"),),
        update=(call("apigateway:PATCH", _RESOURCE),),
        delete=(call("apigateway:DELETE", _RESOURCE),),
        read=(call("apigateway:GET", _RESOURCE),),
    ),
    "AWS::ApiGateway::RestApi": Needs(
        _API,
        create=(
            call("apigateway:POST", _path("/restapis")),
            _put(_TAGS),
            call("apigateway:UpdateRestApiPolicy", _path("/restapis/{new}"), when="Policy"),
        ),
        update=(
            call("apigateway:PATCH", _OWN_API),
            call("apigateway:UpdateRestApiPolicy", _OWN_API, when="Policy"),
            _put(_TAGS),
        ),
        delete=(call("apigateway:DELETE", _OWN_API),),
        read=(call("apigateway:GET", _OWN_API), call("apigateway:GET", f"{_OWN_API}/resources")),
    ),
    "AWS::ApiGateway::Stage": Needs(
        _API,
        create=(call("apigateway:POST", f"{_API_ROOT}/stages"), _put(_TAGS)),
        update=(call("apigateway:PATCH", _STAGE), _put(_TAGS)),
        delete=(call("apigateway:DELETE", _STAGE),),
        read=(call("apigateway:GET", _STAGE),),
    ),
    "AWS::ApiGatewayV2::VpcLink": Needs(
        _API,
        create=(
            call("apigateway:POST", _path("/vpclinks")),
            _put(_TAGS),
            linked("ops.apigateway.amazonaws.com"),
        ),
        update=(call("apigateway:PATCH", _path("/vpclinks/{id}")), _put(_TAGS)),
        delete=(call("apigateway:DELETE", _path("/vpclinks/{id}")),),
        read=(call("apigateway:GET", _path("/vpclinks/{id}")),),
    ),
    "AWS::CloudFront::Distribution": Needs(
        _CLOUDFRONT,
        create=(
            call("cloudfront:CreateDistribution"),
            call("cloudfront:TagResource", "cloudfront::{account}:distribution/{new}", when="Tags"),
            *_LOGGED,
        ),
        update=(
            call("cloudfront:UpdateDistribution", _DISTRIBUTION, when="DistributionConfig"),
            call("cloudfront:TagResource", _DISTRIBUTION, when="Tags"),
            call("cloudfront:UntagResource", _DISTRIBUTION, when="-Tags"),
            *_LOGGED,
        ),
        # CloudFront deletes only what is disabled, so an update comes first.
        delete=(
            call("cloudfront:GetDistributionConfig", _DISTRIBUTION),
            call("cloudfront:UpdateDistribution", _DISTRIBUTION),
            call("cloudfront:DeleteDistribution", _DISTRIBUTION),
        ),
        read=(
            call("cloudfront:GetDistribution", _DISTRIBUTION),
            call("cloudfront:ListTagsForResource", _DISTRIBUTION),
        ),
    ),
    "AWS::CloudFront::Function": Needs(
        _CLOUDFRONT,
        create=(
            call("cloudfront:CreateFunction"),
            call("cloudfront:PublishFunction", "cloudfront::{account}:function/{Name}", when="AutoPublish"),
        ),
        update=(
            call("cloudfront:UpdateFunction", "cloudfront::{account}:function/{Name}"),
            call("cloudfront:PublishFunction", "cloudfront::{account}:function/{Name}", when="FunctionCode"),
        ),
        delete=(
            call("cloudfront:DescribeFunction", "cloudfront::{account}:function/{Name}"),
            call("cloudfront:DeleteFunction", "cloudfront::{account}:function/{Name}"),
        ),
        read=(
            call("cloudfront:DescribeFunction", "cloudfront::{account}:function/{Name}"),
            call("cloudfront:GetFunction", "cloudfront::{account}:function/{Name}"),
        ),
    ),
    "AWS::CloudFront::OriginAccessControl": _config("origin-access-control", "OriginAccessControl"),
    "AWS::CloudFront::ResponseHeadersPolicy": _config("response-headers-policy", "ResponseHeadersPolicy"),
    "AWS::ElasticLoadBalancingV2::Listener": Needs(
        _ELB,
        create=(
            call("elasticloadbalancing:CreateListener", "{LoadBalancerArn}"),
            call("elasticloadbalancing:AddTags", "elasticloadbalancing:{here}:listener/app/*", when="Tags"),
            call("elasticloadbalancing:ModifyListenerAttributes", _LISTENER, when="ListenerAttributes"),
        ),
        update=(
            call(
                "elasticloadbalancing:ModifyListener",
                _LISTENER,
                when="AlpnPolicy Certificates DefaultActions Port Protocol SslPolicy",
            ),
            call("elasticloadbalancing:ModifyListenerAttributes", _LISTENER, when="ListenerAttributes"),
            *_elb_tags(_LISTENER),
        ),
        delete=(call("elasticloadbalancing:DeleteListener", _LISTENER),),
        read=(call("elasticloadbalancing:DescribeListeners"),),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Needs(
        _ELB,
        create=(
            call("elasticloadbalancing:CreateRule", "{ListenerArn}"),
            call(
                "elasticloadbalancing:AddTags", "elasticloadbalancing:{here}:listener-rule/app/*", when="Tags"
            ),
        ),
        update=(
            call("elasticloadbalancing:ModifyRule", _LISTENER_RULE, when="Actions Conditions Transforms"),
            call("elasticloadbalancing:SetRulePriorities", _LISTENER_RULE, when="Priority"),
            *_elb_tags(_LISTENER_RULE),
        ),
        delete=(call("elasticloadbalancing:DeleteRule", _LISTENER_RULE),),
        read=(call("elasticloadbalancing:DescribeRules"),),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Needs(
        _ELB,
        create=(
            call("elasticloadbalancing:CreateLoadBalancer", _NEW_BALANCER),
            call("elasticloadbalancing:AddTags", _NEW_BALANCER, when="Tags"),
            *(call(action) for action in _EC2),
            linked("elasticloadbalancing.amazonaws.com"),
            call(
                "elasticloadbalancing:ModifyLoadBalancerAttributes", _BALANCER, when="LoadBalancerAttributes"
            ),
        ),
        update=(
            call(
                "elasticloadbalancing:ModifyLoadBalancerAttributes", _BALANCER, when="LoadBalancerAttributes"
            ),
            call("elasticloadbalancing:SetSecurityGroups", _BALANCER, when="SecurityGroups"),
            call("elasticloadbalancing:SetSubnets", _BALANCER, when="Subnets SubnetMappings"),
            call("ec2:DescribeSubnets", when="Subnets SubnetMappings IpAddressType"),
            call("elasticloadbalancing:SetIpAddressType", _BALANCER, when="IpAddressType"),
            *_elb_tags(_BALANCER),
        ),
        delete=(call("elasticloadbalancing:DeleteLoadBalancer", _BALANCER),),
        read=(call("elasticloadbalancing:DescribeLoadBalancers"),),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Needs(
        _ELB,
        create=(
            call("elasticloadbalancing:CreateTargetGroup", _NEW_GROUP),
            call("elasticloadbalancing:AddTags", _NEW_GROUP, when="Tags"),
            call("ec2:DescribeInternetGateways"),
            call("ec2:DescribeVpcs"),
            call("elasticloadbalancing:ModifyTargetGroupAttributes", _TARGETS, when="TargetGroupAttributes"),
        ),
        update=(
            call(
                "elasticloadbalancing:ModifyTargetGroup",
                _TARGETS,
                when="HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort "
                "HealthCheckProtocol HealthCheckTimeoutSeconds HealthyThresholdCount Matcher "
                "UnhealthyThresholdCount",
            ),
            call("elasticloadbalancing:ModifyTargetGroupAttributes", _TARGETS, when="TargetGroupAttributes"),
            *_elb_tags(_TARGETS),
        ),
        delete=(call("elasticloadbalancing:DeleteTargetGroup", _TARGETS),),
        read=(call("elasticloadbalancing:DescribeTargetGroups"),),
    ),
    "AWS::Route53::RecordSet": Needs(
        _ROUTE53,
        create=(call("route53:ChangeResourceRecordSets", _ZONE, keys=_RECORD),),
        update=(call("route53:ChangeResourceRecordSets", _ZONE, keys=_RECORD),),
        delete=(call("route53:ChangeResourceRecordSets", _ZONE, keys=_RECORD),),
        read=(
            call("route53:GetChange", "route53:::change/*"),
            call("route53:ListResourceRecordSets", _ZONE),
        ),
    ),
    "AWS::WAFv2::LoggingConfiguration": Needs(
        _WAF,
        create=(
            call("wafv2:PutLoggingConfiguration", "{ResourceArn}"),
            *_WAF_LOGS,
            linked("wafv2.amazonaws.com"),
        ),
        update=(call("wafv2:PutLoggingConfiguration", "{ResourceArn}"), *_WAF_LOGS),
        delete=(
            call("wafv2:DeleteLoggingConfiguration", "{ResourceArn}"),
            call("logs:DeleteLogDelivery"),
        ),
        read=(call("wafv2:GetLoggingConfiguration", "{ResourceArn}"),),
    ),
    "AWS::WAFv2::WebACL": Needs(
        _WAF,
        create=(
            call("wafv2:CreateWebACL", "wafv2:{here}:{Scope|scope}/webacl/{new}/*"),
            call("wafv2:CreateWebACL", _OTHERS, when="Rules"),
            call("wafv2:TagResource", "wafv2:{here}:{Scope|scope}/webacl/{new}/*", when="Tags"),
        ),
        update=(
            call(
                "wafv2:UpdateWebACL",
                "wafv2:{here}:{Scope|scope}/webacl/*/{id|acl}",
                when="CustomResponseBodies DefaultAction Description Rules VisibilityConfig",
            ),
            call("wafv2:UpdateWebACL", _OTHERS, when="Rules"),
            call("wafv2:TagResource", "wafv2:{here}:{Scope|scope}/webacl/*/{id|acl}", when="Tags"),
            call("wafv2:UntagResource", "wafv2:{here}:{Scope|scope}/webacl/*/{id|acl}", when="-Tags"),
        ),
        delete=(call("wafv2:DeleteWebACL", "wafv2:{here}:{Scope|scope}/webacl/*/{id|acl}"),),
        read=(call("wafv2:GetWebACL", "wafv2:{here}:{Scope|scope}/webacl/*/{id|acl}"),),
        named=("Name", 128),
    ),
    "AWS::WAFv2::WebACLAssociation": Needs(
        _WAF,
        create=_protecting("Associate", "Create"),
        update=_protecting("Associate", "Create"),
        delete=_protecting("Disassociate", "Delete"),
        read=(call("wafv2:GetWebACLForResource", "{ResourceArn}"),),
    ),
}
"""The types before a stage."""
