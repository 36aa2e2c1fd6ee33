"""A plan as people read it."""

from __future__ import annotations

from petc.cli.views.plan import Look, render
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import MISSING
from petc.deploy.plan.value_text import fitted, items_apart, shown, width_of
from petc.source.tree import Json
from tests.deploy.plan.sample import SIX, Body, body, imported, output, ref, standing, topic, wanted

POINTED: Json = {"petc": {"spec": "/network/cidr"}}


def vpc(name: str) -> Body:
    return body({"Vpc": topic("a", name, Metadata=POINTED)}, {"VpcId": output(ref("Vpc"), "vpc")})


OLD = wanted({"network": vpc("one"), "service": body({"Group": topic(imported("vpc"))})}, SIX)
NEW = wanted({"network": vpc("two"), "service": body({"Group": topic(imported("vpc"))})}, SIX)


def test_a_plan_reads_from_layers_to_steps_to_one_line() -> None:
    text = render(plan(NEW, standing(OLD)), Look(width=90, place=lambda _: "shop.yaml:3:5"))

    assert text == (
        "~ 01-network  update in 3 accounts × 2 regions identical\n"
        "    -/+ Vpc  AWS::SNS::Topic  shop.yaml:3:5\n"
        "        TopicName: one -> two  (replaces it)\n"
        "\n"
        "~ 02-service  update in 3 accounts × 2 regions identical\n"
        "    ~ Group  AWS::SNS::Topic\n"
        "        DisplayName: (known after deploy: vpc)\n"
        "\n"
        "steps, because exported values that are in use can neither change nor go:\n"
        "    1 02-service: values that are about to change are written out in place of imports\n"
        "    2 01-network (after 1)\n"
        "    3 02-service (after 2)\n"
        "\n"
        "2 layers change, 0 unchanged; 1 resource replaced; 3 steps\n"
    )


def test_what_is_refused_says_the_very_words_that_allow_it() -> None:
    def stage(name: str) -> Body:
        return body({"Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}})

    text = render(plan(wanted({"a": stage("one")}), standing(wanted({"a": stage("two")}))))

    assert "refused: Data (AWS::S3::Bucket) of layer a would be replaced, and its data with it\n" in text
    assert "refused until allowed by: --allow-replace Data\n" in text


def test_a_style_wraps_what_a_terminal_colours() -> None:
    text = render(plan(NEW, standing(OLD)), Look(style=lambda role, held: f"<{role}>{held}</{role}>"))

    assert "<replace>    -/+ Vpc  AWS::SNS::Topic</replace>" in text


def test_a_pure_text_has_no_control_characters() -> None:
    hostile = body({"It": topic("\x1b[31mred\u202e")})
    text = render(plan(wanted({"a": hostile}), standing(wanted({"a": body({"It": topic()})}))))

    assert "\x1b" not in text and "\u202e" not in text


def test_wide_characters_count_twice() -> None:
    assert width_of("동물") == 4
    assert fitted("동물병원", 5) == "동물…"
    assert fitted("동물", 4) == "동물"


def test_long_values_are_shortened_and_lines_stay_within_the_width() -> None:
    old, new = body({"It": topic("동물" * 200)}), body({"It": topic("병원" * 200)})
    text = render(plan(wanted({"a": new}), standing(wanted({"a": old}))), Look(width=60))

    assert "…" in text
    assert max(map(width_of, text.splitlines())) <= 60


def test_lists_show_what_they_do_not_share() -> None:
    assert items_apart(["a", "b", "b"], ["b", "c"]) == (["a", "b"], ["c"])
    assert items_apart("a", ["b"]) is None


def test_values_read_as_they_are_written() -> None:
    assert [shown(item) for item in (MISSING, "", "a", 3, True, None, ref("Vpc"), {"a": ref("Vpc")})] == [
        "(none)",
        '""',
        "a",
        "3",
        "true",
        "null",
        "${Vpc}",
        '{"a": "${Vpc}"}',
    ]


def test_the_accounts_that_a_layer_leaves_are_named_when_it_stays_in_others() -> None:
    gone = sorted({target.account for target in SIX})[:2]
    fewer = tuple(target for target in SIX if target.account not in gone)
    bodies = {"network": body({"Vpc": topic("a")})}
    text = render(plan(wanted(bodies, fewer), standing(wanted(bodies, SIX))), Look(width=90))

    assert f"    accounts {', '.join(gone)}\n" in text
    assert "    regions" not in text
