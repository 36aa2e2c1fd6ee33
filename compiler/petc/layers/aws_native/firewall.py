"""AWS WAF in front of the gateway: what it blocks, what it only counts, and its log.

The rate limit counts callers by an address that they cannot choose. Who calls the gateway directly is counted by
the address of the connection. Behind the stage's distribution every connection comes from CloudFront, so those
requests are counted by the header that the distribution sets; a secret header proves that it did.
"""

from __future__ import annotations

from typing import Any

from awacs import logs as logs_actions
from awacs.aws import ArnLike, Condition, StringEquals
from troposphere import GetAtt, Ref, Sub, encode_to_dict, logs, wafv2

from petc.layers import contracts, iam, key_use, log_groups
from petc.layers.base import Draft
from petc.layers.contracts import SITE_HEADER, VIEWER_HEADER
from petc.model import queries

_AT = "/gateway/waf"
_WINDOW_SECONDS = 300

COUNTED = (
    "SizeRestrictions_BODY",
    "CrossSiteScripting_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "EC2MetaDataSSRF_BODY",
)
"""Rules of the common set that judge bodies, and so block people's own long texts, links and code samples.

They are counted instead, and the log shows them; AWS WAF Developer Guide, "Baseline rule groups".
"""

GROUPS = (
    ("CommonRules", "AWSManagedRulesCommonRuleSet", COUNTED),
    ("KnownBadInputs", "AWSManagedRulesKnownBadInputsRuleSet", ()),
)
"""AWS's managed rule groups: our name, theirs, and the rules that only count."""


def add_firewall(draft: Draft) -> wafv2.WebACL:
    """Add the web ACL of the gateway's stage, its association and its log."""
    rates = _rates(draft)
    acl = draft.add(
        wafv2.WebACL(
            "WebAcl",
            Scope="REGIONAL",
            Description=f"Guards the gateway of {draft.stage.name} {draft.stage.stage}",
            DefaultAction=wafv2.DefaultAction(Allow=wafv2.AllowAction()),
            Rules=[*rates, *(_managed(*group, len(rates) + place) for place, group in enumerate(GROUPS))],
            VisibilityConfig=_visible("WebAcl"),
        ),
        _AT,
        why="blocks floods and known attacks before they reach the gateway",
    )
    api, api_stage = draft.imported(contracts.API_ID), draft.imported(contracts.API_STAGE)
    draft.add(
        wafv2.WebACLAssociation(
            "WebAclAssociation",
            WebACLArn=GetAtt(acl, "Arn"),
            ResourceArn=Sub(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}",
                Api=api,
                Stage=api_stage,
            ),
        ),
        _AT,
        why="puts the web ACL in front of the gateway's stage",
    )
    _log(draft, acl)
    return acl


def _rates(draft: Draft) -> list[wafv2.WebACLRule]:
    """Return the rules that limit how often one caller may ask."""
    if not queries.counts_viewers(draft.stage):
        return [_rate(draft, "RateByAddress", 0, AggregateKeyType="IP")]
    from_site = _from_site(draft)
    direct = wafv2.Statement(NotStatement=wafv2.NotStatement(Statement=from_site))
    # The distribution always sends a valid address. One that is not valid is blocked rather than let through.
    address = wafv2.ForwardedIPConfiguration(HeaderName=VIEWER_HEADER, FallbackBehavior="MATCH")
    return [
        _rate(draft, "RateByAddress", 0, AggregateKeyType="IP", ScopeDownStatement=direct),
        _rate(
            draft,
            "RateByViewer",
            1,
            AggregateKeyType="FORWARDED_IP",
            ForwardedIPConfig=address,
            ScopeDownStatement=from_site,
        ),
    ]


def _rate(draft: Draft, name: str, priority: int, **counted: Any) -> wafv2.WebACLRule:
    return wafv2.WebACLRule(
        Name=name,
        Priority=priority,
        Action=wafv2.RuleAction(Block=wafv2.BlockAction()),
        Statement=wafv2.Statement(
            RateBasedStatement=wafv2.RateBasedStatement(
                EvaluationWindowSec=_WINDOW_SECONDS,
                Limit=draft.stage.gateway.waf.rate_per_5_minutes,
                **counted,
            )
        ),
        VisibilityConfig=_visible(name),
    )


def _from_site(draft: Draft) -> wafv2.Statement:
    """Return the statement that a request comes from the stage's distribution: it carries the secret."""
    secret = Sub(
        "{{resolve:secretsmanager:${Secret}:SecretString}}",
        Secret=draft.imported(contracts.SITE_SECRET_ARN),
    )
    return wafv2.Statement(
        ByteMatchStatement=wafv2.ByteMatchStatement(
            FieldToMatch=wafv2.FieldToMatch(SingleHeader=wafv2.SingleHeader(Name=SITE_HEADER)),
            PositionalConstraint="EXACTLY",
            SearchString=secret,
            TextTransformations=[wafv2.TextTransformation(Priority=0, Type="NONE")],
        )
    )


def _managed(name: str, group: str, counted: tuple[str, ...], priority: int) -> wafv2.WebACLRule:
    count = wafv2.RuleAction(Count=wafv2.CountAction())
    overrides = [wafv2.RuleActionOverride(Name=rule, ActionToUse=count) for rule in counted]
    optional: dict[str, Any] = {"RuleActionOverrides": overrides} if overrides else {}
    return wafv2.WebACLRule(
        Name=name,
        Priority=priority,
        OverrideAction=_as_it_decides(),
        Statement=wafv2.Statement(
            ManagedRuleGroupStatement=wafv2.ManagedRuleGroupStatement(
                VendorName="AWS", Name=group, **optional
            )
        ),
        VisibilityConfig=_visible(name),
    )


def _as_it_decides() -> wafv2.OverrideAction:
    # The property's name is a keyword of Python.
    none: dict[str, Any] = {"None": {}}
    return wafv2.OverrideAction(**none)


def _visible(metric: str) -> wafv2.VisibilityConfig:
    return wafv2.VisibilityConfig(
        CloudWatchMetricsEnabled=True, MetricName=metric, SampledRequestsEnabled=True
    )


def _log(draft: Draft, acl: wafv2.WebACL) -> None:
    stage = draft.stage
    name = f"aws-waf-logs-{stage.name}-{stage.stage}"
    # WAF dictates how the name begins.
    group = log_groups.add(
        draft,
        "WebAclLogs",
        name,
        _AT,
        why="log of blocked and counted requests",
        key=key_use.message_key(draft),
    )
    source = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
    delivery = Condition(
        [StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}), ArnLike({"aws:SourceArn": source})]
    )
    deliver = iam.allow_service(
        "Deliver",
        "delivery.logs.amazonaws.com",
        [logs_actions.CreateLogStream, logs_actions.PutLogEvents],
        [GetAtt(group, "Arn")],
        delivery,
    )
    policy = draft.add(
        logs.ResourcePolicy(
            "WebAclLogsPolicy", PolicyName=name, PolicyDocument=encode_to_dict(iam.policy(deliver))
        ),
        _AT,
        why="lets the log delivery of this account write the web ACL's log",
    )
    kept = [
        wafv2.Condition(ActionCondition=wafv2.ActionCondition(Action=action))
        for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
    ]
    secret_headers = ["authorization", "cookie"]
    if queries.counts_viewers(stage):
        secret_headers.append(SITE_HEADER)
    draft.add(
        wafv2.LoggingConfiguration(
            "WebAclLogging",
            ResourceArn=GetAtt(acl, "Arn"),
            LogDestinationConfigs=[
                Sub(f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{name}")
            ],
            LoggingFilter=wafv2.LoggingFilter(
                DefaultBehavior="DROP",
                Filters=[wafv2.Filter(Behavior="KEEP", Requirement="MEETS_ANY", Conditions=kept)],
            ),
            RedactedFields=[
                wafv2.LoggingConfigurationFieldToMatch(SingleHeader=wafv2.SingleHeader(Name=header))
                for header in secret_headers
            ],
        ),
        _AT,
        why="logs what was blocked or counted, without credentials",
        after=(group, policy),
    )
