"""Deployments of REST APIs as snapshots: a stage serves what its API was when its deployment was made.

MiniStack keeps a deployment as a number and serves what the API has now. So a stage that was never given another
deployment worked here and would not on AWS. Source: API Gateway Developer Guide, "Deploy REST APIs in API Gateway":
changes of resources and methods need another deployment.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1

from petc_local.types import recorded_resources
from petc_local.types.forms import ResourceError

_SNAPSHOT = "AWS::ApiGateway::Deployment"

_SERVED: ContextVar[str] = ContextVar("served", default="")
"""The deployment whose snapshot answers the request at hand; empty outside of one."""

Response = Any


def enter() -> None:
    """Wrap what makes and deletes deployments in MiniStack, and what finds the method for a request; once."""
    module: Any = apigateway_v1
    if hasattr(module._create_deployment, "petc"):
        return
    module._create_deployment = _kept(module._create_deployment)
    module._create_deployment.petc = True
    module._delete_deployment = _guarded(module._delete_deployment)
    module._delete_rest_api = _forgotten(module._delete_rest_api)
    module._match_resource_tree = _from_snapshot(module._match_resource_tree)
    module._match_greedy_fallback = _from_snapshot(module._match_greedy_fallback)
    module._execute_in_scope = _served(module._execute_in_scope)


def uses_of_link(link: str) -> tuple[str, ...]:
    """Return where stages of the account and region still lead to a VPC link, as `METHOD:resource:stage`."""
    return tuple(sorted(set(_uses(link))))


def refuse_while_used(link: str) -> None:
    """Raise `ResourceError` when a stage's deployment leads to the link.

    API Gateway refuses with "Cannot delete vpc link. Vpc link … is referenced in … in format of
    [Method:Resource:Stage]", which is reported of links of the first version; `assumed` for the second.
    """
    if uses := uses_of_link(link):
        raise ResourceError(
            f"Cannot delete vpc link. Vpc link '{link}', is referenced in [{', '.join(uses)}] "
            "in format of [Method:Resource:Stage]."
        )


def _uses(link: str) -> Iterator[str]:
    for api, stages in apigateway_v1._stages_v1.items():
        for name, stage in stages.items():
            for identity, resource in _snapshot(api, str(stage.get("deploymentId"))).items():
                for method, body in resource.get("resourceMethods", {}).items():
                    if (body.get("methodIntegration") or {}).get("connectionId") == link:
                        yield f"{method}:{identity}:{name}"


def _snapshot(api: str, deployment: str) -> dict[str, Any]:
    """Return an API's resources by id as a deployment holds them; empty for one of before snapshots were kept."""
    held = recorded_resources.found(_SNAPSHOT).get(f"{api}/{deployment}", {})
    return dict(held)


def _kept(own: Callable[..., Response]) -> Callable[..., Response]:
    def create(api: str, data: Any) -> Response:
        status, headers, body = own(api, data)
        if status < 400:
            resources = copy.deepcopy(dict(apigateway_v1._resources.get(api, {})))
            recorded_resources.keep(_SNAPSHOT, f"{api}/{json.loads(body)['id']}", resources)
        return status, headers, body

    return create


def _guarded(own: Callable[..., Response]) -> Callable[..., Response]:
    """Refuse to delete what a stage serves (API reference, DeleteDeployment: stages must move off it first)."""

    def delete(api: str, deployment: str) -> Response:
        stages = apigateway_v1._stages_v1.get(api, {})
        if any(stage.get("deploymentId") == deployment for stage in stages.values()):
            return apigateway_v1._v1_error(
                "BadRequestException",
                "Active stages pointing to this deployment must be moved or deleted",
                400,
            )
        answer = own(api, deployment)
        recorded_resources.forget(_SNAPSHOT, f"{api}/{deployment}")
        return answer

    return delete


def _forgotten(own: Callable[..., Response]) -> Callable[..., Response]:
    def delete(api: str) -> Response:
        answer = own(api)
        for identity in [name for name in recorded_resources.found(_SNAPSHOT) if name.startswith(f"{api}/")]:
            recorded_resources.forget(_SNAPSHOT, identity)
        return answer

    return delete


def _served(own: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    async def execute(request: Any, api: str, stage_name: str, *rest: Any) -> Response:
        stage = apigateway_v1._stages_v1.get(api, {}).get(stage_name) or {}
        token = _SERVED.set(str(stage.get("deploymentId") or ""))
        try:
            return await own(request, api, stage_name, *rest)
        finally:
            _SERVED.reset(token)

    return execute


def _from_snapshot(own: Callable[..., Any]) -> Callable[..., Any]:
    """Look in the snapshot, which stands among the APIs for the moment of the look-up under a name of its own."""

    def match(api: str, *rest: Any) -> Any:
        snapshot = _snapshot(api, _SERVED.get())
        if not snapshot:
            return own(api, *rest)
        name = f"{api}/{_SERVED.get()}"
        apigateway_v1._resources[name] = snapshot
        try:
            return own(name, *rest)
        finally:
            del apigateway_v1._resources[name]

    return match
