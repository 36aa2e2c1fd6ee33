"""Diagnostic codes of planning, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "stack-needs-recovery",
        Severity.ERROR,
        "a stack is in a state from which no update leads on",
        "A creation, an update or a deletion failed, and so did the way back. `petc recover` does what is right "
        "for each state; then the plan can be made.",
    ),
    Code(
        "target-without-value",
        Severity.ERROR,
        "an account lacks a value that its stack needs",
        "Certificates, hosted zones and keys belong to one account, so each account of an organization unit has its "
        "own. An account that joined the unit needs its values before it gets the stage.",
    ),
    Code(
        "unknown-layer",
        Severity.ERROR,
        "--layer names no layer",
        "A layer is named as in the manifest (`network`) or by its file (`01-network`).",
    ),
    Code(
        "layer-not-deployed",
        Severity.ERROR,
        "a layer is deployed without one that it depends on",
        "What it imports from the other layer does not exist yet. Name both, or leave --layer out.",
    ),
    Code(
        "layer-left-out",
        Severity.ERROR,
        "a change reaches a layer that --layer leaves out",
        "A value that the named layers export goes or changes, and another deployed layer imports it. "
        "CloudFormation refuses that while the import lasts, so the other layer has to take part.",
    ),
    Code(
        "import-left-behind",
        Severity.ERROR,
        "a layer imports what no layer exports any more",
        "The import cannot be resolved, so the layer can neither be made nor updated. Compile and deploy the "
        "layers together.",
    ),
    Code(
        "resource-type-changed",
        Severity.ERROR,
        "a logical id changes its type",
        "CloudFormation updates a resource or replaces it by one of the same type, nothing else. An override "
        "that gives a logical id another type has to give it another name as well.",
    ),
    Code(
        "steps-in-a-circle",
        Severity.ERROR,
        "layers use each other in opposite directions in different targets",
        "A deployment that turned the order of layers round was interrupted half-way, and the next one would "
        "turn it again. Finish the first: compile what it deployed, deploy, then go on.",
    ),
    Code(
        "unpinnable-layer",
        Severity.ERROR,
        "a layer uses a value that changes, and its template is not known",
        "While an exported value changes, petc writes the present value into the templates that import it. For "
        "that it has to read the deployed template and the present value. Someone changed them by hand: deploy "
        "the layer as it was compiled last, then go on.",
    ),
    Code(
        "needless-allowance",
        Severity.ERROR,
        "--allow-replace names nothing that would be lost",
        "The option names logical ids of resources that hold data, and that the plan replaces or deletes. A name "
        "that fits none, while another resource is refused, is most likely a slip.",
    ),
    Code(
        "plan-file-unreadable",
        Severity.ERROR,
        "the plan file cannot be executed",
        "It is not a plan that this petc writes, or it was edited: its seal no longer fits. Make it again with "
        "`petc plan --out`.",
    ),
)
