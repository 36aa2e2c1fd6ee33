from __future__ import annotations

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Observed
from petc.deploy.plan import carried_parameters
from petc.deploy.plan.planner import plan
from petc.deploy.targets import Target
from petc.source.tree import Json
from tests.deploy.plan import sample
from tests.deploy.plan.sample import TWO, body, ref, wanted
from tests.layers import shop

SERVICES = tuple(shop.stage("services: {web: {route: /web, scale: {min: 2, max: 9}}}").services.values())
ONE, OTHER = TWO
BOTH_RUN = dict.fromkeys(TWO, "2")


def application(image: str, cluster: str, *, before: bool) -> dict[str, Json]:
    service: Json = {
        "Type": "AWS::ECS::Service",
        "Properties": {"Cluster": cluster, "TaskDefinition": image, "DesiredCount": ref("TasksWeb")},
    }
    declared: dict[str, Json] = {"TasksWeb": {"Type": "Number", "Default": 0}}
    if not before:
        declared["DesiredCountFromWeb"] = {"Type": "String", "Default": "stack"}
    return body({"ServiceWeb": service}, Parameters=declared)


def goal(
    image: str,
    cluster: str = "main",
    tasks: dict[Target, str] = BOTH_RUN,
    source: dict[Target, str] | None = None,
    *,
    before: bool = False,
) -> DesiredState:
    """Return the layer with this image; `before` means a template that does not know who sets the count."""
    values = {
        target: {"TasksWeb": count, **({"DesiredCountFromWeb": source[target]} if source else {})}
        for target, count in tasks.items()
    }
    made = application(image, cluster, before=before)
    return wanted({"application": made}, TWO, {"application": values})


def passed(want: DesiredState, observed: Observed) -> dict[Target, str]:
    calm = carried_parameters.undisturbed(want, observed, SERVICES)
    made = carried_parameters.decided(want, observed, SERVICES, plan(calm, observed))
    return {
        target: values.get("DesiredCountFromWeb", "stack")
        for target, values in made.layers[0].parameters.items()
    }


def test_an_update_leaves_the_number_to_autoscaling_where_tasks_run() -> None:
    seen = sample.standing(goal("a", tasks={ONE: "2", OTHER: "0"}))

    assert passed(goal("b"), seen) == {ONE: "autoscaling", OTHER: "stack"}


def test_a_stack_of_before_that_has_no_such_parameter_is_taken_over() -> None:
    seen = sample.standing(goal("a", before=True))

    assert passed(goal("a"), seen) == dict.fromkeys(TWO, "autoscaling")


def test_alone_it_is_no_change() -> None:
    seen = sample.standing(goal("a", source={ONE: "stack", OTHER: "autoscaling"}))
    calm = carried_parameters.undisturbed(goal("a"), seen, SERVICES)

    assert plan(calm, seen).is_empty
    assert passed(goal("a"), seen) == {ONE: "stack", OTHER: "autoscaling"}


def test_a_service_that_is_replaced_starts_with_its_fewest_tasks() -> None:
    seen = sample.standing(goal("a", source=dict.fromkeys(TWO, "autoscaling")))

    assert passed(goal("b", cluster="other"), seen) == dict.fromkeys(TWO, "stack")


def test_a_first_deployment_is_the_stacks_to_count() -> None:
    assert passed(goal("a"), Observed("111111111111")) == dict.fromkeys(TWO, "stack")


def balanced(scheme: str, turn: str = "") -> DesiredState:
    """Return a layer with a load balancer of this scheme in two targets."""
    made = body(
        {"Front": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Scheme": scheme}}},
        Parameters={"TargetGroupTurn": {"Type": "String", "Default": "odd"}},
    )
    values = dict.fromkeys(TWO, {"TargetGroupTurn": turn} if turn else {})
    return wanted({"application": made}, TWO, {"application": values})


def turned(want: DesiredState, observed: Observed) -> set[str]:
    calm = carried_parameters.undisturbed(want, observed, SERVICES)
    made = carried_parameters.decided(want, observed, SERVICES, plan(calm, observed))
    return {values.get("TargetGroupTurn", "") for values in made.layers[0].parameters.values()}


def test_target_groups_are_replaced_with_their_load_balancer_there_and_back() -> None:
    assert turned(balanced("internal"), sample.standing(balanced("internet-facing"))) == {"even"}
    assert turned(balanced("internal"), sample.standing(balanced("internet-facing", "even"))) == {"odd"}


def test_target_groups_stay_with_a_load_balancer_that_stays() -> None:
    seen = sample.standing(balanced("internal", "even"))

    assert turned(balanced("internal"), seen) == {"even"}
    assert plan(carried_parameters.undisturbed(balanced("internal"), seen, SERVICES), seen).is_empty
