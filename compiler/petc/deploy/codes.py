"""Diagnostic codes of planning, deploying and operating, for `petc explain`.

One tuple, in the order of the modules that raise them; each module's rows stand together.
"""

from __future__ import annotations

from petc.diagnostics import Code, Severity

AWS_CREDENTIALS_MISSING = Code(
    "aws-credentials-missing",
    Severity.ERROR,
    "no AWS credentials",
    "petc reads credentials as every AWS tool does: environment, profile, web identity, instance role. None "
    "of them gave any. Log in, set AWS_PROFILE, or deploy to the local AWS with --local.",
)

AWS_CREDENTIALS_EXPIRED = Code(
    "aws-credentials-expired",
    Severity.ERROR,
    "the AWS credentials have expired",
    "Operations that were begun go on without petc. Log in again and run the command again: it finds them "
    "in its journal, waits for them, and goes on from there.",
)

AWS_CREDENTIALS_INVALID = Code(
    "aws-credentials-invalid",
    Severity.ERROR,
    "AWS does not accept the credentials",
    "The key is unknown, belongs to another partition, or its signature does not fit. Often a variable of "
    "the environment hides the profile that was meant.",
)

AWS_ACCESS_DENIED = Code(
    "aws-access-denied",
    Severity.ERROR,
    "a call is not allowed",
    "The message names action and resource. `petc bootstrap --print` shows the roles and statements that a "
    "deployment needs; an organization's service control policy may deny what they allow.",
)

AWS_THROTTLED = Code(
    "aws-throttled",
    Severity.ERROR,
    "AWS throttled a call for too long",
    "Throttled calls are tried again with back-off. If that does not help, something else uses up the "
    "account's rate. Run the command again later: it resumes.",
)

AWS_UNREACHABLE = Code(
    "aws-unreachable",
    Severity.ERROR,
    "a call got no answer",
    "The network, a proxy or the endpoint is at fault. A call whose answer was lost may have been accepted: "
    "the next run recognises it by its token and does not repeat it.",
)

AWS_REFUSED = Code(
    "aws-refused",
    Severity.ERROR,
    "AWS refused a call",
    "The message holds AWS's own code and words.",
)

WRONG_ACCOUNT = Code(
    "wrong-account",
    Severity.ERROR,
    "credentials of another account than the stage's",
    "A stage names its administrator (`targets.administrator`), or has a single target account. Nothing is "
    "looked at or changed with credentials of another one.",
)

UNIT_UNKNOWN = Code(
    "unit-unknown",
    Severity.ERROR,
    "an organizational unit that the organization does not have",
    "`targets.organizational_units` holds ids such as `ou-abcd-11112222`. They belong to the organization of the "
    "account whose credentials are used.",
)

HOME_MOVED = Code(
    "home-moved",
    Severity.ERROR,
    "a deployed stage whose home region changed",
    "Stack sets live in one region, the stage's home: `targets.home`, or else the first region of "
    "`targets.regions`. Seen from another region they do not exist, so the stage would be deployed a second "
    "time and the first one forgotten. Name the home in the spec; regions of the stage may come and go.",
)

ADMINISTRATOR_MOVED = Code(
    "administrator-moved",
    Severity.ERROR,
    "stacks of the stage whose stack sets are not in this account",
    "The targets hold stacks that stack sets of this stage made, and the account of the credentials has no "
    "such stack set: another account deployed the stage, or its stack sets were deleted and their stacks "
    "retained. To deploy beside them fails at the first export or fixed name.",
)

STAGE_OF_ANOTHER_SPEC = Code(
    "stage-of-another-spec",
    Severity.ERROR,
    "another stage has the same names",
    "Names of stack sets, roles, functions and locks begin with `<spec>-<stage>`. Spec `shop` with stage "
    "`dev-x` and spec `shop-dev` with stage `x` have the same names in one account. What is deployed is tagged "
    "`petc:spec` and `petc:stage`, and is left alone when these are of another stage.",
)

NO_ACCOUNTS = Code(
    "no-accounts",
    Severity.ERROR,
    "organizational units without an account",
    "A stage for organizational units goes to the active accounts in them and in the units below. The "
    "management account is never among them: service-managed stack sets do not deploy to it.",
)

AWS = (
    AWS_CREDENTIALS_MISSING,
    AWS_CREDENTIALS_EXPIRED,
    AWS_CREDENTIALS_INVALID,
    AWS_ACCESS_DENIED,
    AWS_THROTTLED,
    AWS_UNREACHABLE,
    AWS_REFUSED,
    WRONG_ACCOUNT,
    UNIT_UNKNOWN,
    HOME_MOVED,
    ADMINISTRATOR_MOVED,
    STAGE_OF_ANOTHER_SPEC,
    NO_ACCOUNTS,
)

DATA_WOULD_BE_LOST = Code(
    "data-would-be-lost",
    Severity.ERROR,
    "a resource that holds data would be replaced or deleted",
    "Databases, buckets, keys, secrets, log groups and repositories hold what no template brings back. A plan "
    "that replaces or deletes one is shown, and carried out only when `--allow-replace ID` or "
    "`--allow-delete ID` names that resource: everywhere, or as `ID@ACCOUNT` or `ID@ACCOUNT/REGION` in one "
    "account or target. Often another change of the spec avoids it: `moved:` keeps a resource through a rename.",
)

PLAN_OUTDATED = Code(
    "plan-outdated",
    Severity.ERROR,
    "a plan was made for another state than the present one",
    "A plan that was approved is carried out as it is, or not at all. Since it was made the spec was compiled "
    "anew, or someone changed what stands. Make the plan again and read what is different.",
)

NOT_SETTLED = Code(
    "not-settled",
    Severity.ERROR,
    "a deployment ended, and something is still to be done",
    "After each plan petc looks at AWS again, for a plan may make another one possible (tasks start once their "
    "image exists). It stops when the same plan comes back, or after eight plans: then AWS reports something "
    "else than what was deployed, most often because someone or something changes it back. The plan that is "
    "left is printed.",
)

DEPLOYMENT = (
    DATA_WOULD_BE_LOST,
    PLAN_OUTDATED,
    NOT_SETTLED,
)

CODES = (*AWS, *DEPLOYMENT)
