"""Mends API Gateway: settings of API, method and stage that MiniStack's CloudFormation ignores."""

from __future__ import annotations

from ministack.core.responses import new_uuid
from ministack.services import apigateway_v1

from petc_local.types import api_gateway_deployments
from petc_local.types.forms import Attributes, Made, Properties, ResourceError, flag, mapping, text
from petc_local.types.patching import Mend
from petc_local.types.recorded_resources import recorded


def _api(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    api = apigateway_v1._rest_apis[physical_id]
    api["disableExecuteApiEndpoint"] = flag(new, "DisableExecuteApiEndpoint")
    api["apiKeySource"] = text(new, "ApiKeySourceType", "HEADER")
    for name, field in (("EndpointAccessMode", "endpointAccessMode"), ("SecurityPolicy", "securityPolicy")):
        if name in new:
            api[field] = new[name]
        else:
            api.pop(field, None)
    return physical_id, attributes


def _method(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    resource = apigateway_v1._resources[text(new, "RestApiId")][text(new, "ResourceId")]
    held = resource["resourceMethods"][text(new, "HttpMethod")].get("methodIntegration")
    wanted = mapping(new.get("Integration"))
    for name, field in (("ConnectionId", "connectionId"), ("IntegrationTarget", "integrationTarget")):
        if held is not None and name in wanted:
            held[field] = wanted[name]
    return physical_id, attributes


def _stage(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    stage = apigateway_v1._stages_v1[text(new, "RestApiId")][physical_id]
    log = mapping(new.get("AccessLogSetting"))
    stage["accessLogSettings"] = {
        field: text(log, name)
        for name, field in (("DestinationArn", "destinationArn"), ("Format", "format"))
        if log.get(name)
    }
    return physical_id, attributes


def _account(properties: Properties) -> Properties:
    """Refuse the settings of an account in which nothing of API Gateway was ever made.

    CloudFormation Template Reference, "AWS::ApiGateway::Account". The words are not documented (assumed).
    """
    held = (apigateway_v1._rest_apis, apigateway_v1._api_keys, apigateway_v1._usage_plans)
    if not any(apigateway_v1._account_settings) and not any(any(True for _ in one.values()) for one in held):
        raise ResourceError(
            "no resource of API Gateway has been created in this account: make one that the account depends on"
        )
    return properties


MENDS = {
    "AWS::ApiGateway::Account": Mend(prepared=_account),
    "AWS::ApiGateway::Method": Mend(made=_method),
    "AWS::ApiGateway::RestApi": Mend(made=_api),
    "AWS::ApiGateway::Stage": Mend(made=_stage),
}
"""The types that this module mends."""


def _link(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return an id of ten letters and digits, as API Gateway makes them (assumed)."""
    return new_uuid().replace("-", "")[:10]


def _attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"VpcLinkId": physical_id}


_LINK = "AWS::ApiGatewayV2::VpcLink"

HANDLERS = {
    _LINK: recorded(
        _LINK, _link, _attributes, tags="map", deletable=api_gateway_deployments.refuse_while_used
    )
}
"""The types of this family."""
