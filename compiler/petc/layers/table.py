"""The table of layers: one row to add a layer."""

from __future__ import annotations

from petc.layers import (
    api_gateway,
    application,
    aws_native,
    cloud_map,
    database,
    frontend,
    functions,
    monitoring,
    network,
    notification,
    parameter_store,
    security,
)

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
