"""What a setting's placeholders become in a template: values imported from other layers, or a layer's own.

`petc.model.settings` says what a part is given, with `${name}` for what is only known at deployment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from troposphere import Sub

from petc import naming
from petc.layers import contracts, kind_table
from petc.layers.base import Draft
from petc.layers.contracts import Value
from petc.layers.kind_emission import Expression
from petc.model.settings import Injected, Known, SettingReference, text
from petc.model.types import Stage

_OF_THE_STAGE: Mapping[str, Value] = {
    Known.NAMESPACE: contracts.NAMESPACE_NAME,
    Known.TOPIC_ARN: contracts.TOPIC_ARN,
}
"""What there is one of; all other values are those of a part, by its kind."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


def rendered(draft: Draft, injected: Injected, local: Mapping[str, Expression] | None = None) -> Expression:
    """Return a setting's value with its placeholders resolved: text, an import, or `Fn::Sub` of imports.

    `local` gives the expressions of what the draft's own layer makes, for it cannot import from itself.
    """
    value = text(injected.value)
    if not injected.references:
        return value
    resolved = {name: resolve(draft, item, local) for name, item in injected.references.items()}
    literals = {name: item for name, item in resolved.items() if isinstance(item, str)}
    variables = {name: item for name, item in resolved.items() if name not in literals}

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name in variables:
            return found[0]
        # Anything else in braces is the setting's own text: `${!` tells Fn::Sub to leave it alone.
        return literals.get(name, f"${{!{name}}}" if variables else found[0])

    value = _PLACEHOLDER.sub(put, value)
    if not variables:
        return value
    alone = _PLACEHOLDER.fullmatch(value)
    return variables[alone[1]] if alone else Sub(value, **dict(sorted(variables.items())))


def resolve(
    draft: Draft, reference: SettingReference, local: Mapping[str, Expression] | None = None
) -> Expression:
    """Return the expression for one reference; see `rendered` for `local`."""
    if local and reference.known in local:
        return local[reference.known]
    if reference.known in _OF_THE_STAGE:
        return draft.imported(_OF_THE_STAGE[reference.known])
    return kind_table.value(draft, reference)


def function_name(stage: Stage, name: str) -> str:
    """Return a function's physical name: fixed, so that a service and a function may call each other."""
    return naming.function_name(stage.name, stage.stage, stage.functions[name].key)
