"""Service-linked roles as IAM makes them: each service has its own name, and one that stands is refused.

MiniStack names them by the first part of the service, so that those of two services with the same first part collide.
With `PETC_LOCAL_IAM`, the first use of ECS fails as it does in a new account: the role is made and cannot be taken yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id
from ministack.services import iam

from petc_local.types.forms import Properties, ResourceError
from petc_local.types.patching import Mend

_NAMES = {
    # Each from the service's guide, "Using service-linked roles".
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "wafv2.amazonaws.com": "AWSServiceRoleForWAFV2Logging",
}


def install() -> None:
    """Wrap MiniStack's CreateServiceLinkedRole, once."""
    table: Any = iam._IAM_HANDLERS
    own = table["CreateServiceLinkedRole"]
    if not hasattr(own, "petc"):
        wrapped: Any = _named(own)
        wrapped.petc = True
        table["CreateServiceLinkedRole"] = wrapped


def _named(own: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def create(parameters: Any) -> Any:
        service = iam._p(parameters, "AWSServiceName")
        if _of(service):
            # IAM API reference, CreateServiceLinkedRole, InvalidInput; the words are those that IAM is seen to use.
            name = _NAMES.get(service, service)
            return iam._error(
                400,
                "InvalidInput",
                f"Service role name {name} has been taken in this account, please try a different suffix.",
                ns="iam",
            )
        if service not in _NAMES:
            return own(parameters)
        _make(service)
        role = iam._role_xml(_NAMES[service])
        result = f"<CreateServiceLinkedRoleResult><Role>{role}</Role></CreateServiceLinkedRoleResult>"
        return iam._xml(200, "CreateServiceLinkedRoleResponse", result, ns="iam")

    return create


def _first_use(properties: Properties) -> Properties:
    """Refuse the first cluster of an account where IAM decides, and make the role that the next one finds.

    github.com/aws-cloudformation/cloudformation-coverage-roadmap, issue 818; that it always fails is assumed.
    """
    if app.AUTH and not _of("ecs.amazonaws.com"):
        _make("ecs.amazonaws.com")
        raise ResourceError(
            "Invalid Request: Unable to assume the service linked role. Please verify that the ECS service linked "
            "role exists."
        )
    return properties


def exists(service: str) -> bool:
    """Whether the account of the request has the role of a service."""
    return _of(service) is not None


def _of(service: str) -> Mapping[str, Any] | None:
    """Return the role of a service in the account of the request."""
    path = f"/aws-service-role/{service}/"
    return next((role for role in list(iam._roles.values()) if role["Path"] == path), None)


def _make(service: str) -> None:
    name, path = _NAMES[service], f"/aws-service-role/{service}/"
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"'
        f'{service}"}},"Action":"sts:AssumeRole"}}]}}'
    )
    iam._roles[name] = {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{get_account_id()}:role{path}{name}",
        "RoleId": iam._gen_id("AROA"),
        "CreateDate": iam._now(),
        "Path": path,
        "AssumeRolePolicyDocument": trust,
        "Description": f"Service-linked role for {service}",
        "MaxSessionDuration": 3600,
        "AttachedPolicies": [],
        "InlinePolicies": {},
        "Tags": [],
    }


MENDS = {"AWS::ECS::Cluster": Mend(prepared=_first_use)}
"""The types that this module mends."""
