"""The calls that operations stand for; each is checked against the shapes that botocore ships."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from petc.deploy.aws import stack_set_calls
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.stack_set_calls import parameters, preferences
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target, product
from petc.model.types import Operations

SETTINGS = Settings(
    spec="shop",
    stage="dev",
    home="us-west-2",
    templates="inline",
    operations=Operations(1, 5, "soft", "parallel", ("us-west-2", "eu-west-1")),
    organizational_units=(),
    call_as="self",
    buckets={},
    protected=False,
)
MANAGED = replace(SETTINGS, organizational_units=("ou-ab12-cdefghij",), call_as="delegated-admin")
TARGETS = product(("111111111111", "222222222222"), ("us-west-2",))
OPERATION = Operation(
    id="o",
    kind=OperationKind.CREATE_SET,
    name="shop-dev-01-base",
    targets=(),
    parameters=(("Size", "s"),),
    overrides=(("Size", "l"),),
    capabilities=("CAPABILITY_IAM",),
    tags=(("petc:stage", "dev"),),
)
ARN = "arn:aws:iam::111111111111:role/petc-administration"


def made(
    kind: OperationKind, settings: Settings = SETTINGS, targets: tuple[Target, ...] = TARGETS
) -> dict[str, object]:
    placed = () if kind in (OperationKind.CREATE_SET, OperationKind.DELETE_SET) else targets
    operation = replace(OPERATION, kind=kind, targets=placed)
    location = {"TemplateBody": "{}"} if kind is OperationKind.CREATE_SET else {}
    return parameters(operation, settings, "petc-1", ARN, location)


@pytest.mark.parametrize("settings", [SETTINGS, MANAGED], ids=["self-managed", "service-managed"])
@pytest.mark.parametrize("kind", list(stack_set_calls.METHODS))
def test_every_call_has_the_shape_that_aws_takes(kind: OperationKind, settings: Settings) -> None:
    model = ServiceModel(Loader().load_service_model("cloudformation", "service-2"))
    action = stack_set_calls.METHODS[kind][1].removeprefix("cloudformation:")
    shape = model.operation_model(action).input_shape

    report = ParamValidator().validate(made(kind, settings), shape)

    assert not report.has_errors(), report.generate_report()


def test_operations_of_a_set_never_run_beside_each_other() -> None:
    assert made(OperationKind.CREATE_SET)["ManagedExecution"] == {"Active": False}


def test_self_managed_sets_name_both_roles_and_no_caller() -> None:
    call = made(OperationKind.UPDATE_SET)

    assert (call["AdministrationRoleARN"], call["ExecutionRoleName"]) == (ARN, "petc-execution")
    assert "CallAs" not in call


def test_service_managed_sets_name_no_role_and_pick_accounts_within_their_units() -> None:
    call = made(OperationKind.CREATE_INSTANCES, MANAGED)

    assert call["CallAs"] == "DELEGATED_ADMIN"
    assert call["DeploymentTargets"] == {
        "OrganizationalUnitIds": ["ou-ab12-cdefghij"],
        "Accounts": ["111111111111", "222222222222"],
        "AccountFilterType": "INTERSECTION",
    }
    assert "Accounts" not in call


def test_service_managed_sets_do_not_deploy_by_themselves() -> None:
    assert made(OperationKind.CREATE_SET, MANAGED)["AutoDeployment"] == {"Enabled": False}


def test_an_update_of_some_instances_does_not_speak_of_automatic_deployment() -> None:
    assert "AutoDeployment" not in made(OperationKind.UPDATE_SET, MANAGED)
    assert made(OperationKind.UPDATE_SET, MANAGED, targets=())["AutoDeployment"] == {"Enabled": False}


def test_instances_are_found_by_the_units_that_they_were_made_for() -> None:
    operation = replace(OPERATION, kind=OperationKind.DELETE_INSTANCES, targets=TARGETS)
    call = parameters(operation, MANAGED, "petc-1", ARN, {}, {"ou-ab12-gone0000"})

    assert call["DeploymentTargets"]["OrganizationalUnitIds"] == ["ou-ab12-gone0000"]


def test_overrides_that_are_cleared_leave_the_list() -> None:
    operation = replace(
        OPERATION, kind=OperationKind.UPDATE_INSTANCES, targets=TARGETS, overrides=(), cleared=("Size",)
    )

    assert parameters(operation, SETTINGS, "petc-1", ARN, {})["ParameterOverrides"] == []


def test_an_update_without_a_template_keeps_the_old_one() -> None:
    assert made(OperationKind.UPDATE_SET)["UsePreviousTemplate"] is True


def test_an_update_of_all_instances_names_none() -> None:
    call = made(OperationKind.UPDATE_SET, targets=())

    assert "Accounts" not in call
    assert "Regions" not in call


def test_regions_that_an_operation_does_not_touch_are_not_ordered() -> None:
    assert preferences(TARGETS, SETTINGS)["RegionOrder"] == ["us-west-2"]


def test_targets_that_are_no_product_are_a_fault_of_the_plan() -> None:
    odd = (Target("111111111111", "us-west-2"), Target("222222222222", "eu-west-1"))

    with pytest.raises(ValueError, match="every account in every region"):
        made(OperationKind.CREATE_INSTANCES, targets=odd)
