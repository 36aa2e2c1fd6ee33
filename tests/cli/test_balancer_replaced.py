"""Another scheme replaces the load balancer, and its target groups with it, there and back."""

from __future__ import annotations

from tests.cli.operating import DAY, Project

INSIDE, OUTSIDE = "load_balancer: {scheme: internal}", "load_balancer: {scheme: internet-facing}"


def schemes(at: Project) -> list[str]:
    """Return the schemes of all load balancers."""
    return [item["Scheme"] for item in at.aws.client("elbv2").describe_load_balancers()["LoadBalancers"]]


def groups(at: Project) -> list[str]:
    """Return the ARNs of all target groups."""
    return [
        item["TargetGroupArn"] for item in at.aws.client("elbv2").describe_target_groups()["TargetGroups"]
    ]


def nothing_is_left(at: Project) -> bool:
    return at.run("plan", "--stage", "dev", *DAY).stdout.startswith("nothing to do")


def test_target_groups_follow_their_load_balancer(own: Project) -> None:
    before = schemes(own), groups(own)
    own.change(INSIDE, OUTSIDE)
    own.deploy()
    outside = schemes(own), groups(own)
    settled = nothing_is_left(own)
    own.change("health: /health", "health: /healthy")
    own.deploy()
    changed = groups(own)
    own.change(OUTSIDE, INSIDE)
    own.deploy()
    inside = schemes(own), groups(own)

    assert (before[0], outside[0], inside[0]) == (["internal"], ["internet-facing"], ["internal"])
    assert len({*before[1], *outside[1], *inside[1]}) == 3
    assert changed == outside[1]
    assert settled
    assert nothing_is_left(own)
