"""The application load balancer in front of the routed services: listeners, secret, logs and DNS name."""

from __future__ import annotations

from typing import Any

from troposphere import Equals, GetAtt, If, Ref, route53, secretsmanager
from troposphere import elasticloadbalancingv2 as elb
from troposphere.validators.route53 import AliasTarget

from petc import naming
from petc.layers import contracts, key_use
from petc.layers.application import access_logs, listener_rules
from petc.layers.base import Draft
from petc.model import queries
from petc.model.components import Service

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3, and 1.2 with forward secrecy only; Elastic Load Balancing, "Security policies"."""

SECRET_LENGTH = 48

AT = "/load_balancer"


def add_load_balancer(draft: Draft) -> dict[str, tuple[elb.ListenerRule, ...]]:
    """Add the load balancer and all that belongs to it if a service has a route.

    Returns the rules that forward to each service, by its name: ECS wants a target group in use.
    """
    routed = queries.routed_services(draft.stage)
    if not routed:
        return {}
    balancer = _add_balancer(draft)
    if not draft.stage.load_balancer.internal:
        _add_header_secret(draft)
    listener = _add_listeners(draft, balancer)
    groups = {service.name: _add_target_group(draft, service) for service in routed}
    _add_domain(draft, balancer)
    return listener_rules.add_rules(draft, listener, groups)


def target_group_title(service: Service) -> str:
    """Return the logical id of a service's target group."""
    return naming.logical_id("TargetGroup", service.key)


def _add_balancer(draft: Draft) -> elb.LoadBalancer:
    stage, wanted = draft.stage, draft.stage.load_balancer
    attributes: dict[str, Any] = {
        "deletion_protection.enabled": str(stage.protected).lower(),
        "idle_timeout.timeout_seconds": str(wanted.idle_seconds),
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
    }
    after: list[Any] = []
    if wanted.access_logs:
        logs = access_logs.add_bucket(draft)
        attributes |= {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": Ref(logs.bucket)}
        after.append(logs.policy)
    subnets = contracts.APP_SUBNETS if wanted.internal else contracts.PUBLIC_SUBNETS
    balancer = draft.add(
        elb.LoadBalancer(
            "LoadBalancer",
            Type="application",
            Scheme=wanted.scheme,
            Subnets=draft.imported(subnets),
            SecurityGroups=[draft.imported(contracts.SECURITY_GROUP, "load-balancer")],
            LoadBalancerAttributes=[
                elb.LoadBalancerAttributes(Key=key, Value=value) for key, value in sorted(attributes.items())
            ],
        ),
        AT,
        why="spreads requests over the tasks of the routed services",
        after=after,
    )
    if wanted.internal:
        draft.export(contracts.BALANCER_ARN, Ref(balancer))
    if not wanted.domain:
        draft.export(contracts.BALANCER_DNS, GetAtt(balancer, "DNSName"))
    draft.export(contracts.BALANCER_FULL_NAME, GetAtt(balancer, "LoadBalancerFullName"))
    return balancer


def _add_header_secret(draft: Draft) -> None:
    """Add the secret without which nothing is forwarded; letters and digits alone survive a header."""
    secret = draft.add_stateful(
        secretsmanager.Secret(
            "HeaderSecret",
            Description="What the gateway sends so that the load balancer knows it",
            GenerateSecretString=secretsmanager.GenerateSecretString(
                PasswordLength=SECRET_LENGTH, ExcludePunctuation=True
            ),
            **key_use.given(key_use.message_key(draft), "KmsKeyId"),
        ),
        AT,
        why="keeps everybody but the gateway from calling the load balancer",
    )
    draft.export(contracts.HEADER_SECRET_ARN, Ref(secret))


def _add_listeners(draft: Draft, balancer: elb.LoadBalancer) -> elb.Listener:
    """Add the listener that the rules hang on; with TLS in public, one more sends port 80 to it."""
    wanted = draft.stage.load_balancer
    if not wanted.tls:
        return draft.add(
            elb.Listener(
                "HttpListener",
                LoadBalancerArn=Ref(balancer),
                Port=80,
                Protocol="HTTP",
                DefaultActions=[listener_rules.not_found(elb.Action)],
                **_response_headers(draft),
            ),
            AT,
            why="without a domain there is no certificate; what no rule forwards is not found",
        )
    certificate = draft.parameter(
        "Certificate", f"ARN of the certificate for {wanted.domain}", lambda region: region.certificate
    )
    listener = draft.add(
        elb.Listener(
            "HttpsListener",
            LoadBalancerArn=Ref(balancer),
            Port=443,
            Protocol="HTTPS",
            SslPolicy=TLS_POLICY,
            Certificates=[elb.Certificate(CertificateArn=Ref(certificate))],
            DefaultActions=[listener_rules.not_found(elb.Action)],
            **_response_headers(draft),
        ),
        f"{AT}/domain",
        why="takes requests by TLS; what no rule forwards is not found",
    )
    if not wanted.internal:
        redirect = elb.RedirectConfig(Protocol="HTTPS", Port="443", StatusCode="HTTP_301")
        draft.add(
            elb.Listener(
                "HttpListener",
                LoadBalancerArn=Ref(balancer),
                Port=80,
                Protocol="HTTP",
                DefaultActions=[elb.Action(Type="redirect", RedirectConfig=redirect)],
            ),
            f"{AT}/domain",
            why="sends plain requests to port 443; behind the VPC link nobody makes any",
        )
    return listener


def _response_headers(draft: Draft) -> dict[str, Any]:
    """Let pages of another origin read the answers: a proxy integration of the gateway adds no header itself.

    Source: Elastic Load Balancing, "Enable HTTP header modification for your Application Load Balancer".
    """
    origin = queries.allowed_origin(draft.stage)
    if not origin:
        return {}
    attribute = elb.ListenerAttribute(
        Key="routing.http.response.access_control_allow_origin.header_value", Value=origin
    )
    return {"ListenerAttributes": [attribute]}


def _add_target_group(draft: Draft, service: Service) -> elb.TargetGroup:
    health = service.health
    attributes = {
        # A task that is being stopped answers what it has begun, and no longer than it may take to stop.
        "deregistration_delay.timeout_seconds": str(service.stop_seconds),
        "stickiness.enabled": "false",
    }
    group = draft.add(
        elb.TargetGroup(
            target_group_title(service),
            VpcId=draft.imported(contracts.VPC_ID),
            TargetType="ip",
            Protocol="HTTP",
            Port=service.port,
            ProtocolVersion=_protocol_version(draft),
            HealthCheckEnabled=True,
            HealthCheckProtocol="HTTP",
            HealthCheckPath=service.health_path,
            HealthCheckIntervalSeconds=health.interval_seconds,
            HealthCheckTimeoutSeconds=health.timeout_seconds,
            HealthyThresholdCount=health.healthy_after,
            UnhealthyThresholdCount=health.unhealthy_after,
            Matcher=elb.Matcher(HttpCode="200"),
            TargetGroupAttributes=[
                elb.TargetGroupAttribute(Key=key, Value=value) for key, value in sorted(attributes.items())
            ],
        ),
        f"{service.at}/health",
        why=f"tasks of {service.name} and their health",
    )
    draft.export(contracts.TARGET_GROUP_FULL_NAME, GetAtt(group, "TargetGroupFullName"), service.key)
    return group


def _protocol_version(draft: Draft) -> Any:
    """Return the protocol version, written out or left to its default, which is the same: HTTP1.

    A target group belongs to one load balancer (Elastic Load Balancing API Reference, "CreateRule":
    TargetGroupAssociationLimit). CloudFormation replaces a load balancer by making the new one with its listeners
    and rules before it deletes the old one, so the groups have to be replaced as well: aws-cdk issue 33253,
    cloudformation-coverage-roadmap issue 780. Either form of this create-only property replaces the other, and
    `petc.deploy.plan.carried_parameters` passes the parameter that chooses. A logical id with the scheme in it
    would replace the groups of deployed stages.
    """
    first, second = naming.TURNS
    turn = draft.parameter(
        naming.TARGET_GROUP_TURN,
        "Changes when the load balancer is replaced, and replaces the target groups with it",
        default=first,
        AllowedValues=list(naming.TURNS),
    )
    other = draft.condition("TargetGroupsOfOtherTurn", Equals(Ref(turn), second))
    return If(other, "HTTP1", Ref("AWS::NoValue"))


def _add_domain(draft: Draft, balancer: elb.LoadBalancer) -> None:
    """Add the record of an internet-facing load balancer if every target region names the hosted zone.

    The gateway reaches an internal one by its ARN, through the VPC link; its domain is the name in the request and
    in the certificate only, and nobody looks it up (API Gateway API Reference, PutIntegration: integrationTarget).
    Regions are cells of their own under one domain: each has a latency record, so that they share the name.
    """
    stage = draft.stage
    zones = [queries.target_values(stage, region, "hosted_zone") for region in stage.targets.regions.values()]
    if (
        not stage.load_balancer.tls
        or stage.load_balancer.internal
        or not all(found and all(found.values()) for found in zones)
    ):
        return
    zone = draft.parameter(
        "HostedZone", f"Id of the zone of {stage.load_balancer.domain}", lambda region: region.hosted_zone
    )
    draft.add(
        route53.RecordSetType(
            "DomainRecord",
            HostedZoneId=Ref(zone),
            Name=stage.load_balancer.domain,
            Type="A",
            SetIdentifier=Ref("AWS::Region"),
            Region=Ref("AWS::Region"),
            AliasTarget=AliasTarget(  # type: ignore[no-untyped-call]
                DNSName=GetAtt(balancer, "DNSName"),
                HostedZoneId=GetAtt(balancer, "CanonicalHostedZoneID"),
                EvaluateTargetHealth=True,
            ),
        ),
        f"{AT}/domain",
        why="the load balancer's name",
    )
