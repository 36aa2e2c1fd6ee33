"""Diagnostic codes of planning, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

STACK_NEEDS_RECOVERY = Code(
    "stack-needs-recovery",
    Severity.ERROR,
    "a stack is in a state from which no update leads on",
    "A creation, an update or a deletion failed, and so did the way back. `petc recover` does what is right "
    "for each state; then the plan can be made.",
)

TARGET_WITHOUT_VALUE = Code(
    "target-without-value",
    Severity.ERROR,
    "an account lacks a value that its stack needs",
    "Certificates, hosted zones and keys belong to one account, so each account of an organization unit has its "
    "own. An account that joined the unit needs its values before it gets the stage.",
)

UNKNOWN_LAYER = Code(
    "unknown-layer",
    Severity.ERROR,
    "--layer names no layer",
    "A layer is named as in the manifest (`network`) or by its file (`01-network`).",
)

LAYER_NOT_DEPLOYED = Code(
    "layer-not-deployed",
    Severity.ERROR,
    "a layer is deployed without one that it depends on",
    "What it imports from the other layer does not exist yet. Name both, or leave --layer out.",
)

LAYER_LEFT_OUT = Code(
    "layer-left-out",
    Severity.ERROR,
    "a change reaches a layer that --layer leaves out",
    "A value that the named layers export goes or changes, and another deployed layer imports it. "
    "CloudFormation refuses that while the import lasts, so the other layer has to take part.",
)

IMPORT_LEFT_BEHIND = Code(
    "import-left-behind",
    Severity.ERROR,
    "a layer imports what no layer exports any more",
    "The import cannot be resolved, so the layer can neither be made nor updated. Compile and deploy the "
    "layers together.",
)

RESOURCE_TYPE_CHANGED = Code(
    "resource-type-changed",
    Severity.ERROR,
    "a logical id changes its type",
    "CloudFormation updates a resource or replaces it by one of the same type, nothing else. An override "
    "that gives a logical id another type has to give it another name as well.",
)

STEPS_IN_A_CIRCLE = Code(
    "steps-in-a-circle",
    Severity.ERROR,
    "layers use each other in opposite directions in different targets",
    "A deployment that turned the order of layers round was interrupted half-way, and the next one would "
    "turn it again. Finish the first: compile what it deployed, deploy, then go on.",
)

UNPINNABLE_LAYER = Code(
    "unpinnable-layer",
    Severity.ERROR,
    "a layer uses a value that changes, and its template is not known",
    "While an exported value changes, petc writes the present value into the templates that import it. For "
    "that it has to read the deployed template and the present value. Someone changed them by hand: deploy "
    "the layer as it was compiled last, then go on.",
)

CANNOT_BE_REPLACED = Code(
    "cannot-be-replaced",
    Severity.ERROR,
    "a change needs a replacement that CloudFormation refuses",
    "CloudFormation creates the new resource before it deletes the old one. So it does not replace a resource "
    "whose name the template gives and keeps, nor one that holds what only one can hold, such as the address "
    "of a NAT gateway. Undo the change, give the resource another name, or remove it in one deployment and "
    "add it in the next.",
)

NAME_IN_USE = Code(
    "name-in-use",
    Severity.ERROR,
    "a name or export that another resource or stack has",
    "A new resource would have the name of one that is deployed under another logical id or in another layer, "
    "or an export the name of one of another stack. CloudFormation creates before it deletes, and names of "
    "exports are unique in an account and region. Choose another name, or take two deployments.",
)

VPC_CANNOT_CHANGE = Code(
    "vpc-cannot-change",
    Severity.ERROR,
    "a VPC would be replaced while something is bound to it",
    "The range of a VPC is fixed when it is created, so another one means another VPC. A database and its "
    "subnet group, a load balancer and an internet gateway cannot move to it by an update. Keep the range, or "
    "deploy a new stage beside this one and restore snapshots there.",
)

SUBNET_OVERLAPS = Code(
    "subnet-overlaps",
    Severity.ERROR,
    "a new subnet overlaps one that is deployed",
    "CloudFormation creates a replaced subnet before it deletes the old one, and EC2 refuses ranges that "
    "overlap within a VPC (`InvalidSubnet.Conflict`). Choose free ranges; those that are given up are free in "
    "the deployment after.",
)

SUBNET_IN_USE = Code(
    "subnet-in-use",
    Severity.ERROR,
    "a subnet group would lose a subnet that is in use",
    "RDS and other services refuse to take a subnet out of a group while something runs in it. Keep the "
    "subnets of databases as they are and add further ones.",
)

ENGINE_GOES_BACK = Code(
    "engine-goes-back",
    Severity.ERROR,
    "a database engine would be downgraded",
    "Engine versions of RDS, Aurora, DocumentDB and Neptune go up only. An earlier version needs a new "
    "database, from a snapshot or dump that was made with it.",
)

ENGINE_SKIPS_A_VERSION = Code(
    "engine-skips-a-version",
    Severity.ERROR,
    "an upgrade leaves out a major version",
    "MySQL, in RDS and Aurora, is upgraded from one major version to the next. Deploy the version between "
    "first.",
)

STORAGE_SHRINKS = Code(
    "storage-shrinks",
    Severity.ERROR,
    "storage would become smaller",
    "Volumes and the storage of database instances, brokers and file systems can only grow.",
)

ENGINE_CHANGED = Code(
    "engine-changed",
    Severity.ERROR,
    "a stage is deployed under the other engine",
    "`targets.engine` says whether layers are stack sets or plain stacks. A layer that is deployed in the one "
    "form cannot be created in the other beside it: exports and fixed names are taken. Change the engine back, "
    "or destroy the stage with the engine that it was deployed with and deploy it again.",
)

LAYER_LABEL_CHANGED = Code(
    "layer-label-changed",
    Severity.ERROR,
    "the label of a deployed layer changes",
    "The label is part of the names of a layer's stack set, stacks and exports, so a layer with another label "
    "is a second one beside the first. The label is fixed once the layer is deployed.",
)

NEEDLESS_ALLOWANCE = Code(
    "needless-allowance",
    Severity.ERROR,
    "--allow-replace or --allow-delete names nothing that would be lost",
    "Each option names a resource that holds data, and that the plan replaces (--allow-replace) or deletes "
    "(--allow-delete), in the account and region that it names if it names one. A name that fits none, while "
    "another resource is refused, is most likely a slip.",
)

PLAN_FILE_UNREADABLE = Code(
    "plan-file-unreadable",
    Severity.ERROR,
    "the plan file cannot be executed",
    "It is not a plan that this petc writes, or it was edited: its seal no longer fits. Make it again with "
    "`petc plan --out`.",
)

CODES: tuple[Code, ...] = (
    STACK_NEEDS_RECOVERY,
    TARGET_WITHOUT_VALUE,
    UNKNOWN_LAYER,
    LAYER_NOT_DEPLOYED,
    LAYER_LEFT_OUT,
    IMPORT_LEFT_BEHIND,
    RESOURCE_TYPE_CHANGED,
    STEPS_IN_A_CIRCLE,
    UNPINNABLE_LAYER,
    CANNOT_BE_REPLACED,
    NAME_IN_USE,
    VPC_CANNOT_CHANGE,
    SUBNET_OVERLAPS,
    SUBNET_IN_USE,
    ENGINE_GOES_BACK,
    ENGINE_SKIPS_A_VERSION,
    STORAGE_SHRINKS,
    ENGINE_CHANGED,
    LAYER_LABEL_CHANGED,
    NEEDLESS_ALLOWANCE,
    PLAN_FILE_UNREADABLE,
)
