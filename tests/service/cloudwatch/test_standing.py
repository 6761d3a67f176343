"""States of alarms: the tables of CloudWatch's page on missing data, and what a state begins with."""

from datetime import UTC, datetime

import pytest

from leeboard.service.cloudwatch.standing import ALARM, OK, UNKNOWN, Point, Rule, standing

AT = datetime(2026, 3, 4, tzinfo=UTC)
KEPT = "kept"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


def points(text):
    """`0 - X`, oldest first: within, missing, breaching."""
    marks = text.split()
    return [
        Point(len(marks) - 1 - at, 9.0 if mark == "X" else 0.0, AT)
        for at, mark in enumerate(marks) if mark != "-"
    ]  # fmt: skip


def state(text, missing="missing", *, n, m, before=KEPT, periods=1):
    return standing(Rule(1.0, "GreaterThanThreshold", n, m, missing), points(text), before, periods=periods)


@pytest.mark.parametrize(("text", "states"), [
    ("0 - X - X", (OK, OK, OK, OK)),
    ("- - - - 0", (OK, OK, OK, OK)),
    ("- - - - -", (UNKNOWN, KEPT, ALARM, OK)),
    ("0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
    ("- - X - -", (ALARM, KEPT, ALARM, OK)),
])  # fmt: skip
def test_three_of_three_datapoints_to_alarm(text, states):
    assert tuple(state(text, each, n=3, m=3).state for each in TREATMENTS) == states


@pytest.mark.parametrize(("text", "states"), [
    ("0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
    ("0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
    ("0 - X - -", (OK, OK, ALARM, OK)),
    ("- - - - 0", (OK, OK, ALARM, OK)),
    ("- - - X -", (ALARM, KEPT, ALARM, OK)),
])  # fmt: skip
def test_two_of_three_datapoints_to_alarm(text, states):
    assert tuple(state(text, each, n=3, m=2).state for each in TREATMENTS) == states


def test_one_breaching_point_alone_does_not_alarm_before_its_time():
    assert state("- - - - X", n=3, m=3, before=OK).state == OK


def test_a_state_is_kept_from_the_period_that_decided_it():
    found = state("X X X - - - - - - -", "ignore", n=3, m=3, before=UNKNOWN, periods=8)
    assert (found.state, found.age) == (ALARM, 7)
    assert state("X X X - - - - - - -", n=3, m=3, before=UNKNOWN, periods=8).state == UNKNOWN


def test_the_reason_tells_points_and_threshold():
    found = state("X", n=1, m=1)
    assert found.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [9.0 (04/03/26 00:00:00)] was greater than the "
        "threshold (1.0) (minimum 1 datapoints for OK -> ALARM transition)."
    )
    assert state("-", n=1, m=1).reason == "Insufficient Data: 1 datapoint was unknown."


@pytest.mark.parametrize(("operator", "states"), [
    ("GreaterThanThreshold", (OK, OK, ALARM)),
    ("GreaterThanOrEqualToThreshold", (OK, ALARM, ALARM)),
    ("LessThanThreshold", (ALARM, OK, OK)),
    ("LessThanOrEqualToThreshold", (ALARM, ALARM, OK)),
])  # fmt: skip
def test_operators_compare_the_point_with_the_threshold(operator, states):
    rule = Rule(1.0, operator, 1, 1)
    found = [standing(rule, [Point(0, value, AT)], periods=1).state for value in (0.5, 1.0, 1.5)]
    assert tuple(found) == states
