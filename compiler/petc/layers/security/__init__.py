"""Layer security: key, roles, hand-put secrets, the firewalls of parts and tiers, and flow logs."""

from __future__ import annotations

from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.security.flow_logs import emit_flow_logs
from petc.layers.security.keys import emit_key
from petc.layers.security.manual_secrets import emit_secrets
from petc.layers.security.network_acls import emit_acls
from petc.layers.security.roles import emit_roles
from petc.layers.security.security_groups import emit_groups, emit_rules
from petc.model import queries
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit what guards the stage; the firewalls only where something stands in a VPC."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    key = emit_key(draft)
    emit_roles(draft)
    emit_secrets(draft, key)
    if queries.needs_network(stage):
        emit_groups(draft)
        emit_rules(draft)
        if not stage.network.existing:
            emit_acls(draft)
        if stage.network.flow_logs:
            emit_flow_logs(draft, key)
    if stage.encryption.key == "existing" and queries.has_topic(stage):
        draft.pass_on("/encryption/key")
    return draft.finish()


LAYER = Layer(
    "security",
    2,
    "KMS key, roles, hand-put secrets, security groups, network ACLs and flow logs of the VPC",
    emit,
)
