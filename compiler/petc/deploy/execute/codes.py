"""Diagnostic codes of running a plan, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

DEPLOYMENT_FAILED = Code(
    "deployment-failed",
    Severity.ERROR,
    "a layer could not be deployed",
    "The message names layer, target, resource and reason: of the resource that failed first, not of those "
    "that were cancelled for it. CloudFormation has rolled the layer back; layers that were running at the "
    "same time were waited for. Correct the cause and run petc deploy again, which does what is left.",
)

DEPLOYMENT_INTERRUPTED = Code(
    "deployment-interrupted",
    Severity.ERROR,
    "the deployment was interrupted",
    "Operations that AWS has accepted go on without petc, and the journal of the stage knows them. The next "
    "petc deploy waits for them and does the rest.",
)

OPERATION_IN_PROGRESS = Code(
    "operation-in-progress",
    Severity.ERROR,
    "an operation of someone else holds a stack set",
    "A stack set takes one operation at a time. petc waits for half an hour for one that it did not begin. "
    "It never stops one by itself, for it may be someone's deployment.",
)

TEMPLATE_TOO_LARGE = Code(
    "template-too-large",
    Severity.ERROR,
    "a template is too large for its way to CloudFormation",
    "CloudFormation takes 51,200 bytes within a call and 1 MB by a bucket. `targets.templates` says which "
    "way templates go; the bucket is made by petc bootstrap.",
)

ARTIFACT_BUCKET_MISSING = Code(
    "artifact-bucket-missing",
    Severity.ERROR,
    "the artifact bucket does not exist",
    "Templates and function packages travel by a bucket in the administrator's account. petc bootstrap "
    "makes one for each region.",
)

STACK_SET_FOREIGN = Code(
    "stack-set-foreign",
    Severity.ERROR,
    "a stack set of that name exists already",
    "Names of stack sets come from spec, stage and layer. One by that name stands in the account, but it "
    "holds neither the tags nor the template that petc would have given it, so petc leaves it alone.",
)

STACK_EXISTS = Code(
    "stack-exists",
    Severity.ERROR,
    "a stack that was to be created exists already",
    "The plan saw none. Someone else made it since, or another tool uses the name. Nothing is changed.",
)

STAGE_HELD = Code(
    "stage-held",
    Severity.ERROR,
    "another process deploys the stage",
    "A stage is deployed by one process at a time: a locked file tells the processes of one machine apart, an "
    "object in the artifact bucket the machines. The message says who, where and since when. A lock whose "
    "holder died, or gave no sign of life for a quarter of an hour, is taken over.",
)

JOURNAL_REBUILT = Code(
    "journal-rebuilt",
    Severity.WARNING,
    "the journal of the last deployment is not used",
    "A journal under .petc/deploy was damaged, or is not of this user on this machine: it was copied, came with "
    "a commit, is tracked by git, was written by an earlier version of petc, or belongs to another spec or "
    "account. petc believes nothing in it and keeps it under another name. Nothing is lost: petc reads what is "
    "deployed from AWS, waits for operations that run there, and plans from that.",
)

DEPLOY_FOLDER_UNWRITABLE = Code(
    "deploy-folder-unwritable",
    Severity.ERROR,
    "a file under .petc/deploy cannot be written or read",
    "petc notes each operation on disk before it asks AWS for it, so that an interrupted deployment can go on. "
    "The disk is full, the folder is read-only, a file stands where the folder belongs, or a file is a symbolic "
    "link, which petc does not follow. Nothing more is started; what AWS has accepted goes on, and the next run "
    "finds it there.",
)

CODES: tuple[Code, ...] = (
    DEPLOYMENT_FAILED,
    DEPLOYMENT_INTERRUPTED,
    OPERATION_IN_PROGRESS,
    TEMPLATE_TOO_LARGE,
    ARTIFACT_BUCKET_MISSING,
    STACK_SET_FOREIGN,
    STACK_EXISTS,
    STAGE_HELD,
    JOURNAL_REBUILT,
    DEPLOY_FOLDER_UNWRITABLE,
)
