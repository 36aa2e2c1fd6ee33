"""What MiniStack does slowly, done faster with the same answers.

Measured with MiniStack 1.5.33: the first request that names a service which MiniStack does not have read every service
model of botocore (8.8 s; the list of endpoints takes 0.1 s), and two thirds of the time of CloudFormation's calls went
into PyYAML's own parser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from botocore.session import get_session
from ministack.core import router
from ministack.services.cloudformation import engine


def install() -> None:
    """Parse templates with libyaml, where PyYAML has it, and know services from the list of endpoints."""
    changed: Any = engine
    if hasattr(yaml, "CSafeLoader"):
        changed.CfnLoader = _loader(engine.CfnLoader)
    routing: Any = router
    routing._is_aws_service_name = lambda scope: scope in _service_names()


def _loader(own: type[yaml.SafeLoader]) -> type[yaml.CSafeLoader]:
    """Return libyaml's loader with the tags of CloudFormation's functions."""

    class CfnLoader(yaml.CSafeLoader):
        yaml_constructors = own.yaml_constructors
        yaml_multi_constructors = own.yaml_multi_constructors
        yaml_implicit_resolvers = own.yaml_implicit_resolvers

    return CfnLoader


@cache
def _service_names() -> frozenset[str]:
    """Return what the scope of a signature may name: services, endpoint prefixes and signing names."""
    session = get_session()
    return frozenset((*session.get_available_services(), *_endpoint_names(session.get_data("endpoints"))))


def _endpoint_names(endpoints: Mapping[str, Any]) -> Iterator[str]:
    """Yield the endpoint prefixes of all partitions, and the names that their requests are signed for."""
    for partition in endpoints["partitions"]:
        for prefix, service in partition["services"].items():
            yield prefix
            for endpoint in (service.get("defaults", {}), *service.get("endpoints", {}).values()):
                if scope := endpoint.get("credentialScope", {}).get("service"):
                    yield scope
