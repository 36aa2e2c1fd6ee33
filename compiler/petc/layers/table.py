"""The table of layers: one row to add a layer."""

from __future__ import annotations

from petc.layers import (
    application,
    aws_native,
    cloud_map,
    database,
    frontend,
    functions,
    network,
    notification,
    parameter_store,
    security,
)
from petc.layers.api_gateway import layer as api_gateway
from petc.layers.monitoring import layer as monitoring

LAYERS = (
    network.LAYER,
    security.LAYER,
    database.LAYER,
    parameter_store.LAYER,
    cloud_map.LAYER,
    functions.LAYER,
    application.LAYER,
    api_gateway.LAYER,
    aws_native.LAYER,
    monitoring.LAYER,
    frontend.LAYER,
    notification.LAYER,
)
