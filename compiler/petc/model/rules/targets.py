"""Rules about where a stage goes: accounts or organization units, and regions that are known."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model import regions
from petc.model.flows import flows
from petc.model.gateway_endpoints import GATEWAYS
from petc.model.rules.rule import Case, Found, Rule


def _none(case: Case) -> Iterator[Found]:
    targets = case.stage.targets
    if not targets.accounts and not targets.organizational_units:
        yield Found(
            "/targets/accounts",
            f"stage {case.stage.stage} has no account to go to",
            'write `accounts: ["123456789012"]`, or `organizational_units`',
        )
    if not targets.regions:
        message = f"stage {case.stage.stage} has no region to go to"
        yield Found("/targets/regions", message, "write `regions: {us-west-2: {}}`")


def _mixed(case: Case) -> Iterator[Found]:
    targets = case.stage.targets
    if targets.accounts and targets.organizational_units:
        yield Found(
            "/targets/organizational_units",
            "a stage goes to accounts or to organization units, not to both",
            "make two stages, or name the units that the accounts are in",
            (Related("the accounts", pointer="/targets/accounts"),),
            on_key=True,
        )


def _unknown_prefix_list(case: Case) -> Iterator[Found]:
    targets = {flow.target for flow in flows(case.stage)}
    for endpoint in (item for item in GATEWAYS if item.party in targets):
        for region in case.stage.targets.regions.values():
            exists = regions.region(region.name) or region.zones
            if exists and not endpoint.prefix_list(region):
                yield Found(
                    region.at,
                    f"the {endpoint.name} prefix list of {region.name} is not in petc's catalogue of regions",
                    f"write `{endpoint.field}`, as `aws ec2 describe-managed-prefix-lists` shows it in that region",
                    on_key=True,
                )


def _stacks_of_many(case: Case) -> Iterator[Found]:
    targets = case.stage.targets
    if targets.engine != "stacks" or (len(targets.accounts) == 1 and not targets.organizational_units):
        return
    yield Found(
        "/targets/engine",
        "the engine `stacks` deploys to a single account",
        "name one account under `targets.accounts`, or leave the engine at `stack-sets`",
    )


def _foreign_order(case: Case) -> Iterator[Found]:
    targets = case.stage.targets
    for index, region in enumerate(targets.operations.region_order):
        if region not in targets.regions:
            yield Found(
                f"/targets/operations/region_order/{index}",
                f"{region} is no region of this stage",
                f"name one of {', '.join(targets.regions)}, or add it under `targets.regions`",
            )


def _order_without_sequence(case: Case) -> Iterator[Found]:
    operations = case.stage.targets.operations
    if operations.region_order and operations.regions == "parallel":
        yield Found(
            "/targets/operations/region_order",
            "regions that are deployed at the same time have no order",
            "remove `region_order`, or write `regions: sequential`",
            on_key=True,
        )


NO_TARGET = Rule(
    Code(
        "no-target",
        Severity.ERROR,
        "a stage without an account or without a region",
        "Stack sets bring a stage to the named accounts and regions. Without either there is nothing to "
        "deploy to.",
        bad="stages: {dev: {targets: {accounts: []}}}\n",
        good='stages: {dev: {targets: {accounts: ["210987654321"]}}}\n',
    ),
    _none,
)

MIXED_TARGETS = Rule(
    Code(
        "mixed-targets",
        Severity.ERROR,
        "a stage goes to accounts and to organization units",
        "A stack set has one permission model: roles that you made for named accounts, or roles that AWS "
        "Organizations makes in the accounts of its units.",
        bad="stages: {dev: {targets: {organizational_units: [ou-abcd-11112222]}}}\n",
        good="stages: {dev: {targets: {accounts: [], organizational_units: [ou-abcd-11112222]}}}\n",
    ),
    _mixed,
)

UNKNOWN_PREFIX_LIST = Rule(
    Code(
        "unknown-prefix-list",
        Severity.ERROR,
        "the addresses of S3 in a region are not known",
        "S3's gateway endpoint is a route, so security groups open to S3's prefix list, whose id differs in "
        "every region. petc's catalogue knows the common regions.",
        bad="network: {endpoints: [s3]}\nstages: {dev: {targets: {regions: {mx-central-1: {}}}}}\n",
        good="""\
network: {endpoints: [s3]}
stages: {dev: {targets: {regions: {mx-central-1: {s3_prefix_list: pl-0123456789abcdef0}}}}}
""",
    ),
    _unknown_prefix_list,
)

STACKS_OF_MANY = Rule(
    Code(
        "stacks-of-many",
        Severity.ERROR,
        "the engine `stacks` with more than one account",
        "Plain stacks are created with the credentials of their own account. Many accounts are what stack sets "
        "are for.",
        bad="stages: {dev: {targets: {engine: stacks, accounts: ['210987654321', '123456789012']}}}\n",
        good="stages: {dev: {targets: {engine: stacks, accounts: ['210987654321']}}}\n",
    ),
    _stacks_of_many,
)

FOREIGN_ORDER = Rule(
    Code(
        "foreign-region-order",
        Severity.ERROR,
        "an order that names a region without target",
        "A stack set operation is refused when its region order names a region that it has no instance in.",
        bad="stages: {dev: {targets: {operations: {region_order: [ap-south-1]}}}}\n",
        good="stages: {dev: {targets: {operations: {region_order: [us-west-2]}}}}\n",
    ),
    _foreign_order,
)

ORDER_WITHOUT_SEQUENCE = Rule(
    Code(
        "order-without-sequence",
        Severity.ERROR,
        "an order for regions that are deployed at the same time",
        "Stack sets take a region order for sequential regions only; with parallel ones it would be ignored.",
        bad="stages: {dev: {targets: {operations: {regions: parallel, region_order: [us-west-2]}}}}\n",
        good="stages: {dev: {targets: {operations: {regions: sequential, region_order: [us-west-2]}}}}\n",
    ),
    _order_without_sequence,
)

RULES = (
    NO_TARGET,
    MIXED_TARGETS,
    UNKNOWN_PREFIX_LIST,
    STACKS_OF_MANY,
    FOREIGN_ORDER,
    ORDER_WITHOUT_SEQUENCE,
)
