"""How often RDS changes the master passwords: a rotation schedule for each database.

The schedules stand apart from the databases. Whether CloudFormation accepts one without a function on a secret
that RDS manages is not documented; where it refused, the stack with cluster and instances would be rolled back.
Until a schedule is made RDS rotates every seven days: Amazon RDS User Guide, "Password management with Amazon
RDS and AWS Secrets Manager".
"""

from __future__ import annotations

from troposphere import secretsmanager

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft


def add_schedules(draft: Draft) -> None:
    """Add the rotation schedule of each database's managed master secret."""
    for database in draft.stage.databases.values():
        days = database.rotation_days
        draft.add(
            secretsmanager.RotationSchedule(
                naming.logical_id("MasterRotation", database.key),
                # RDS deletes the secret with the cluster, so there is nothing to undo, and no way to.
                DeletionPolicy="Retain",
                UpdateReplacePolicy="Retain",
                SecretId=draft.imported(contracts.MASTER_SECRET_ARN, database.key),
                # A deployment would otherwise change the password under the running services.
                RotateImmediatelyOnUpdate=False,
                RotationRules=secretsmanager.RotationRules(AutomaticallyAfterDays=days),
            ),
            f"{database.at}/rotation_days",
            why=f"RDS changes the master password of {database.name} every {days} days",
        )
