"""Every diagnostic code of every phase, by name."""

from __future__ import annotations

from petc import diagnostics
from petc.cli import codes as cli_codes
from petc.deploy import codes as deploy_codes
from petc.deploy.execute import codes as run_codes
from petc.deploy.operations import codes as operate_codes
from petc.deploy.package import codes as asset_codes
from petc.deploy.plan import codes as plan_codes
from petc.deploy.preflight import codes as preflight_codes
from petc.diagnostics import Code
from petc.layers import overrides
from petc.local import codes as local_codes
from petc.model import codes as model_codes
from petc.model import exceptions, neighbours
from petc.model.rules.table import RULES
from petc.output import codes as output_codes
from petc.source import codes as source_codes
from petc.verify import codes as verify_codes


def every_code() -> dict[str, Code]:
    """Return the codes in the order of the pipeline's phases."""
    rows = (
        *source_codes.CODES,
        *model_codes.CODES,
        *(rule.code for rule in RULES),
        *neighbours.CODES,
        *exceptions.CODES,
        *overrides.CODES,
        *verify_codes.CODES,
        *output_codes.CODES,
        *local_codes.CODES,
        *deploy_codes.CODES,
        *plan_codes.CODES,
        *preflight_codes.CODES,
        *asset_codes.CODES,
        *run_codes.CODES,
        *operate_codes.CODES,
        *cli_codes.CODES,
        *diagnostics.CODES,
    )
    return {row.name: row for row in rows}
