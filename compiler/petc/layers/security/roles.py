"""Roles: two for each service, one for each function, one for enhanced monitoring; each starts empty."""

from __future__ import annotations

from awacs import ec2, logs
from awacs.aws import ArnEquals, Condition, Deny, Statement
from troposphere import GetAtt, Ref, Sub

from petc import naming
from petc.layers import contracts, iam
from petc.layers.base import Draft
from petc.model import queries
from petc.model.components import Function, Service

_HERE = "${AWS::Region}:${AWS::AccountId}"

_INTERFACES = [
    ec2.DeleteNetworkInterface,
    ec2.AssignPrivateIpAddresses,
    ec2.UnassignPrivateIpAddresses,
]
_LOOK_UPS = [ec2.DescribeNetworkInterfaces, ec2.DescribeSubnets]

_REASONS = {
    "LookUp": "the actions have no resource level",
    "ReleaseInterfaces": "Lambda names the interfaces; the function's own code is denied by KeepCodeOut",
    "KeepCodeOut": "a denial",
}


def emit_roles(draft: Draft) -> None:
    """Add and export the roles of all services and functions, and RDS's where a database is monitored."""
    for service in draft.stage.services.values():
        _of_service(draft, service)
    for function in draft.stage.functions.values():
        _of_function(draft, function)
    _of_monitoring(draft)


def _of_service(draft: Draft, service: Service) -> None:
    for value, duty in (
        (contracts.EXECUTION_ROLE, f"Starts the tasks of {service.name}: image, logs, settings, secrets"),
        (contracts.TASK_ROLE, f"What the containers of {service.name} may do"),
    ):
        title = value.name + naming.pascal(service.key)
        role = iam.role(draft, title, "ecs-tasks.amazonaws.com", service.at, duty)
        draft.export(value, Ref(role), service.key)


def _of_function(draft: Draft, function: Function) -> None:
    value = contracts.FUNCTION_ROLE
    title = value.name + naming.pascal(function.key)
    # Lambda names no source when it tries the role of a function that is being made; to hand the role
    # over takes iam:PassRole in this account anyway.
    role = iam.role(
        draft,
        title,
        "lambda.amazonaws.com",
        function.at,
        f"What function {function.name} may do",
        from_this_account=False,
    )
    draft.export(value, Ref(role), function.key)
    if queries.in_vpc(draft.stage, function):
        iam.attach(
            draft,
            naming.logical_id("NetworkInterfaces", function.key),
            Ref(role),
            _interfaces(draft, function),
            function.at,
            why=f"Lambda joins function {function.name} to the app subnets",
            reasons=_REASONS,
        )


def _interfaces(draft: Draft, function: Function) -> list[Statement]:
    """AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC"."""
    stage = draft.stage
    prefix = f"arn:${{AWS::Partition}}:ec2:{_HERE}"
    group = GetAtt(contracts.SECURITY_GROUP.name + naming.pascal(function.key), "GroupId")
    name = f"{stage.name}-{stage.stage}-{function.key}"
    itself = Sub(f"arn:${{AWS::Partition}}:lambda:{_HERE}:function:{name}")
    return [
        iam.allow(
            "CreateInterfaces",
            [ec2.CreateNetworkInterface],
            [
                Sub(f"{prefix}:network-interface/*"),
                Sub(f"{prefix}:subnet/*"),
                Sub(f"{prefix}:security-group/${{Group}}", Group=group),
            ],
        ),
        iam.allow("ReleaseInterfaces", _INTERFACES, [Sub(f"{prefix}:*/*")]),
        iam.allow("LookUp", _LOOK_UPS, ["*"]),
        Statement(
            Sid="KeepCodeOut",
            Effect=Deny,
            Action=[ec2.CreateNetworkInterface, *_INTERFACES, *_LOOK_UPS],
            Resource=["*"],
            Condition=Condition(ArnEquals({"lambda:SourceFunctionArn": itself})),
        ),
    ]


def _of_monitoring(draft: Draft) -> None:
    monitored = [database for database in draft.stage.databases.values() if database.monitoring_seconds]
    if not monitored:
        return
    at = f"{monitored[0].at}/monitoring_seconds"
    role = iam.role(
        draft, "RoleMonitoring", "monitoring.rds.amazonaws.com", at, "Delivers RDS enhanced monitoring"
    )
    # RDS makes this group itself, one for all databases of the account and region.
    group = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:RDSOSMetrics"
    iam.attach(
        draft,
        "MonitoringWrite",
        Ref(role),
        [
            # Where a group is made, its ARN comes with an empty stream behind it.
            iam.allow(
                "KeepGroup", [logs.CreateLogGroup, logs.PutRetentionPolicy], [Sub(group), Sub(f"{group}:*")]
            ),
            iam.allow(
                "WriteStreams",
                [logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams, logs.GetLogEvents],
                [Sub(group), Sub(f"{group}:log-stream:*")],
            ),
        ],
        at,
        why="enhanced monitoring is written to RDS's group alone",
    )
    draft.export(contracts.MONITORING_ROLE_ARN, GetAtt(role, "Arn"))
