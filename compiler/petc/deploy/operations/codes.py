"""Diagnostic codes of operating a deployed stage, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

BOOTSTRAP_FAILED = Code(
    "bootstrap-failed",
    Severity.ERROR,
    "a stack of petc bootstrap could not be made",
    "CloudFormation rolled it back, so nothing of it is left. The usual cause is a role or bucket of the same "
    "name that somebody made by hand, or in another region: delete it, or import it into the stack.",
)

BOOTSTRAP_OUTDATED = Code(
    "bootstrap-outdated",
    Severity.ERROR,
    "petc bootstrap is older than the layers",
    "The layers need permissions that petc bootstrap of this stage does not give yet: they hold a new type of "
    "resource or a role that may do more, or petc itself is newer. petc bootstrap shows what changes and asks.",
)

BOUNDARY_TOO_LONG = Code(
    "boundary-too-long",
    Severity.ERROR,
    "the roles of a stage need a longer boundary than IAM takes",
    "petc bootstrap makes one policy that caps every role of the stage. A policy has 6,144 characters, and the "
    "roles of this stage need more. Write a policy by hand, in each target account, and name it as "
    "security.permissions_boundary.",
)

BOOTSTRAP_SLOW = Code(
    "bootstrap-slow",
    Severity.ERROR,
    "a stack of petc bootstrap takes longer than it should",
    "Roles and buckets are made within a minute. CloudFormation goes on by itself; look at the stack's events, "
    "and run the command again when it has ended.",
)

ORGANIZATION_CLOSED = Code(
    "organization-closed",
    Severity.ERROR,
    "the organization does not let StackSets into its accounts",
    "Service-managed stack sets need trusted access between CloudFormation and Organizations. The management "
    "account activates it once; it makes roles in the accounts by itself from then on.",
)

BOOTSTRAP = (
    BOOTSTRAP_FAILED,
    BOOTSTRAP_OUTDATED,
    BOUNDARY_TOO_LONG,
    BOOTSTRAP_SLOW,
    ORGANIZATION_CLOSED,
)

DRIFTED = Code(
    "drifted",
    Severity.ERROR,
    "a resource was changed by hand",
    "What stands is not what was deployed. The next deployment may undo it, or fail over it. Put it back, or "
    "say in the spec what it should be. petc drift --noise shows what AWS changes by itself, with the reasons.",
)

DRIFT_UNKNOWN = Code(
    "drift-unknown",
    Severity.ERROR,
    "a layer could not be checked for drift",
    "Another operation holds the stack set, or detection failed in a target. Nothing was changed.",
)

DRIFT = (
    DRIFTED,
    DRIFT_UNKNOWN,
)

RECOVERY_FAILED = Code(
    "recovery-failed",
    Severity.ERROR,
    "a stuck stack is still stuck",
    "A rollback or a deletion failed again at the same resource. Mend the resource, or have it left alone: "
    "--skip in a rollback, --retain in a deletion. A bucket that holds objects is emptied with --empty-buckets. "
    "What was mended before stays mended.",
)

RECOVERY_SLOW = Code(
    "recovery-slow",
    Severity.ERROR,
    "a recovery has not ended within its time",
    "petc recover waits an hour for all of it, or as long as --timeout says. A rollback, a deletion or an "
    "operation of a stack set that it waits for goes on at AWS; run it again to wait for the rest.",
)

RECOVERY = (
    RECOVERY_FAILED,
    RECOVERY_SLOW,
)

DELETION_PROTECTED = Code(
    "deletion-protected",
    Severity.ERROR,
    "a resource is protected from deletion",
    "Its service would refuse, and the stack would be left in DELETE_FAILED. Switching the protection off is "
    "a decision of its own: do it in the spec, deploy, and then destroy.",
)

DATA_WOULD_GO = Code(
    "data-would-go",
    Severity.ERROR,
    "data would be deleted with the stage",
    "The deletion policy of the resource is Delete. Name each such resource with --allow-delete, or let "
    "the stage keep data (`on_delete: keep`) and deploy before destroying.",
)

BUCKET_NOT_EMPTY = Code(
    "bucket-not-empty",
    Severity.ERROR,
    "a bucket must be emptied before it is deleted",
    "CloudFormation deletes empty buckets only. A deletion that meets a full one ends half-way: layers that were "
    "deleted before are gone, and the stack is left in DELETE_FAILED. So petc looks before the first step, in "
    "destroy and wherever a target or a layer leaves the stage. --empty-buckets deletes every version of every "
    "object in the buckets that go.",
)

DESTRUCTION = (
    DELETION_PROTECTED,
    DATA_WOULD_GO,
    BUCKET_NOT_EMPTY,
)

CODES: tuple[Code, ...] = (*BOOTSTRAP, *DRIFT, *RECOVERY, *DESTRUCTION)
