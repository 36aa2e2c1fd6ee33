"""The codes of the verification for `petc explain`; they are about templates, so no spec text shows them."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

COMPUTED_NAME = Code(
    "computed-name",
    Severity.ERROR,
    "an export or import name is computed",
    "A name that CloudFormation puts together at deployment cannot be followed from one template to "
    "another, so neither the order of deployment nor the link can be proved. petc writes plain names; "
    "an override that computes one has to name it instead.",
)

DUPLICATE_EXPORT = Code(
    "duplicate-export",
    Severity.ERROR,
    "two outputs export the same name",
    "An export name is unique in an account and region. The stack that is deployed second fails, and "
    "until then importers may get the wrong value. Rename one of the two.",
)

UNLINKED_IMPORT = Code(
    "unlinked-import",
    Severity.ERROR,
    "an import has no export",
    "The stack fails at creation, because no other stack exports the name. Either the name is "
    "misspelt (in an override, say) or the part that exports it has been removed.",
)

IMPORT_ORDER = Code(
    "import-order",
    Severity.ERROR,
    "a layer imports from itself or from a later one",
    "An import is resolved when the stack is created, so what it names has to be deployed before. "
    "Within one template Ref and GetAtt do the same without an export.",
)

IMPORT_CYCLE = Code(
    "import-cycle",
    Severity.ERROR,
    "layers import from each other in a circle",
    "No order of deployment exists: each of the stacks waits for another. One of the values has to "
    "travel by name instead of by export.",
)

DANGLING_REFERENCE = Code(
    "dangling-reference",
    Severity.ERROR,
    "a Ref, GetAtt or Sub names what the template does not define",
    "CloudFormation refuses the template before it creates anything. Mostly an override names a "
    "resource that has been renamed or removed.",
)

UNKNOWN_PARAMETER_NAME = Code(
    "unknown-parameter-name",
    Severity.ERROR,
    "a task reads a parameter that no earlier layer creates",
    "The stack is created, but the tasks stop with ResourceInitializationError before the "
    "container starts, and the service never becomes stable. Declare the setting, or correct its name.",
)

LOG_GROUP_MISSING = Code(
    "log-group-missing",
    Severity.ERROR,
    "a container or function logs to a group that no earlier layer creates",
    "Tasks stop at their start, because the awslogs driver does not create the group; a function loses "
    "its logs or makes a group without retention and key. The group has to be in an earlier layer or "
    "in the same one.",
)

ALARM_DIMENSION = Code(
    "alarm-dimension",
    Severity.ERROR,
    "an alarm watches a metric that nothing publishes",
    "CloudWatch accepts any dimension. An alarm on a set of dimensions, or on a resource, under which "
    "nothing is published stays in INSUFFICIENT_DATA for ever and never notifies anyone. The value "
    "has to come from the resource itself, under the dimensions that the service publishes.",
)

ALARM_NAMESPACE = Code(
    "alarm-namespace",
    Severity.ERROR,
    "an alarm writes a namespace of AWS in another case",
    "Namespaces are case-sensitive, so the alarm waits for metrics that never come. Write the "
    "namespace as AWS does, for example AWS/ApplicationELB.",
)

QUOTA_EXCEEDED = Code(
    "quota-exceeded",
    Severity.ERROR,
    "a template exceeds a quota of CloudFormation",
    "CloudFormation refuses the template as a whole. The limits with source and date stand in "
    "schemas/quotas.json. Divide the architecture into two specs.",
)

QUOTA_NEAR = Code(
    "quota-near",
    Severity.WARNING,
    "a template uses 80 % of a quota of CloudFormation",
    "A few more parts and the template is refused. The limits with source and date stand in "
    "schemas/quotas.json. Divide the architecture before that happens.",
)

LIMIT_EXCEEDED = Code(
    "limit-exceeded",
    Severity.ERROR,
    "a resource is larger than its service takes",
    "Policies, environments, task definitions and path expressions have limits that nobody can have "
    "raised. The stack would fail when it makes the resource. The help says what to make smaller.",
)

LIMIT_DEFAULT = Code(
    "limit-default",
    Severity.WARNING,
    "a resource needs a quota to be raised",
    "AWS takes that many only in accounts whose quota has been raised. Have it raised in every target "
    "account before the deployment and accept the warning by an exception, or declare less.",
)

UNEXPLAINED_SUPPRESSION = Code(
    "unexplained-suppression",
    Severity.ERROR,
    "a lint rule is switched off without a reason",
    "A reviewer cannot tell an accepted finding from a hidden one. Rules are switched off on the one "
    "resource that needs it, with the reason in Metadata.petc.accepted beside the directive.",
)

NEEDLESS_SUPPRESSION = Code(
    "needless-suppression",
    Severity.ERROR,
    "a lint rule is switched off where it finds nothing",
    "The directive has outlived its reason and would hide the next real finding. Remove it together "
    "with its reason.",
)

REGION_NOT_LINTED = Code(
    "region-not-linted",
    Severity.NOTE,
    "a region that cfn-lint does not know",
    "cfn-lint brings the resource schemas of each region. For a region that is newer, or that it has none for, "
    "petc checks the templates by those of us-east-1. A resource that the region lacks shows when the stack is "
    "created.",
)

LINT = Code(
    "lint",
    Severity.ERROR,
    "a finding of cfn-lint",
    "Codes such as lint-e3002 carry the rule of cfn-lint in lower case. Rules that begin with E are "
    "errors, with W warnings, with I notes. The message ends with the rule and the place in the "
    "resource; `cfn-lint --list-rules` describes each rule.",
)

CODES: tuple[Code, ...] = (
    COMPUTED_NAME,
    DUPLICATE_EXPORT,
    UNLINKED_IMPORT,
    IMPORT_ORDER,
    IMPORT_CYCLE,
    DANGLING_REFERENCE,
    UNKNOWN_PARAMETER_NAME,
    LOG_GROUP_MISSING,
    ALARM_DIMENSION,
    ALARM_NAMESPACE,
    QUOTA_EXCEEDED,
    QUOTA_NEAR,
    LIMIT_EXCEEDED,
    LIMIT_DEFAULT,
    UNEXPLAINED_SUPPRESSION,
    NEEDLESS_SUPPRESSION,
    REGION_NOT_LINTED,
    LINT,
)
"""What each code of the verification means. `lint` stands for all codes `lint-<rule>`."""


def code_of(name: str) -> Code | None:
    """Return the entry for a code; `lint-e3002` leads to `lint`."""
    wanted = "lint" if name.startswith("lint-") else name
    return next((code for code in CODES if code.name == wanted), None)
