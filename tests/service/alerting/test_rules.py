"""Rules beyond AWS's alert, from the end of an execution to the incident."""

from typing import Any

import pytest

from leeboard.service.alerting import editing, hook, reading
from leeboard.service.refusals import InvalidRequestError

GOOD, BAD, FAILED = "Completed", "CompletedWithViolations", "Failed"
NO_DATA = "Job inputs had no data: nothing under s3://b/capture"
DRIFT, TYPES = "baseline_drift_check", "data_type_check"


def test_so_many_of_the_last_windows_open_an_incident_and_fewer_end_it(house: Any) -> None:
    house.rule(windows=2, of=3)
    seen = []
    for status in (BAD, GOOD, BAD, GOOD, GOOD):
        house.ends(status, n=3)
        seen.append(len(house.mine()))
    assert seen == [0, 0, 1, 0, 0]


def test_consecutive_windows_are_those_of_equal_numbers(house: Any) -> None:
    house.rule(windows=2, of=2)
    seen = []
    for status in (BAD, GOOD, BAD, BAD):
        house.ends(status)
        seen.append(len(house.mine()))
    assert seen == [0, 0, 0, 1]


def test_the_text_says_window_numbers_and_the_worst(house: Any) -> None:
    house.rule(windows=1, of=2, severity="critical", description="Ask the data team.")
    house.ends(BAD, violations=[("plan", DRIFT), ("age", TYPES)])
    incident = next(each for each in house.in_force if each.rule == "mine")
    assert incident.title == "hourly: 2 violations"
    assert incident.severity == "critical"
    assert incident.document["text"] == (
        "Ask the data team. Window 2026-11-22 10:00 to 11:00 UTC: 2 violations. plan: plan is off "
        "1 of the last 1 windows were bad; the rule asks for 1 of 2."
    )
    assert incident.document["counts"] == {"bad_windows": 1, "windows": 1, "violations": 2}


def test_more_violations_than_a_number(house: Any) -> None:
    house.rule(above=2)
    house.ends(BAD, n=2)
    assert house.mine() == []
    house.ends(BAD, n=3)
    assert house.mine() == ["hourly: 3 violations"]


def test_only_the_features_and_checks_that_match_count(house: Any) -> None:
    house.rule(match={"feature": "pla*", "check": "*drift*"})
    house.ends(BAD, violations=[("plan", TYPES), ("age", DRIFT)])
    assert house.mine() == []
    house.ends(BAD, violations=[("plan", DRIFT), ("age", DRIFT)])
    assert house.mine() == ["hourly: 1 violation"]


def test_one_incident_a_feature(house: Any) -> None:
    house.rule(per="feature", windows=2, of=2)
    house.ends(BAD, violations=[("plan", DRIFT), ("age", DRIFT)])
    house.ends(BAD, violations=[("plan", DRIFT), ("plan", TYPES)])
    assert house.mine() == ["hourly: 2 violations of plan"]
    house.ends(GOOD, violations=[])
    assert house.mine() == []


def test_a_distance_above_a_value(house: Any) -> None:
    house.rule(when="distance", above=0.25, match={"feature": "*"})
    house.ends(GOOD, distances={"plan": 0.2, "age": 0.1})
    assert house.mine() == []
    house.ends(GOOD, distances={"plan": 0.31, "age": 0.5})
    assert house.mine() == ["hourly: distance above 0.25 of age 0.5, plan 0.31"]


@pytest.mark.parametrize(("when", "reason"), [("failed", "the script raised"), ("no-data", NO_DATA)])
def test_runs_that_fail_and_runs_without_data_are_two_things(house: Any, when: str, reason: str) -> None:
    house.rule(when=when)
    other = {"failed": NO_DATA, "no-data": "the script raised"}[when]
    house.ends(FAILED, reason=other)
    assert house.mine() == []
    house.ends(FAILED, reason=reason)
    assert house.mine() == [f"hourly: {'no data' if when == 'no-data' else 'failed'}"]
    house.ends(GOOD)
    assert house.mine() == []


def test_a_failed_run_says_nothing_about_violations(house: Any) -> None:
    house.rule()
    house.ends(BAD)
    house.ends(FAILED, reason="the script raised")
    assert len(house.mine()) == 1


def test_a_window_of_which_nothing_is_kept_is_left_out_where_features_are_asked(house: Any) -> None:
    house.rule(match={"feature": "plan"})
    house.ends(BAD, violations=[("plan", DRIFT)])
    house.ends(BAD, n=5)
    assert len(house.mine()) == 1


@pytest.mark.parametrize(
    ("match", "n"),
    [
        ({"schedule": "hour*"}, 1),
        ({"schedule": ["x", "HOURLY"]}, 1),
        ({"endpoint": "churn"}, 1),
        ({"monitor": "data-quality"}, 1),
        ({"monitor": "DataQuality", "endpoint": "c*"}, 1),
        ({"monitor": "bias"}, 0),
        ({"endpoint": "other"}, 0),
    ],
)
def test_rules_choose_their_schedules(house: Any, match: dict[str, Any], n: int) -> None:
    house.rule(match=match)
    house.ends(BAD)
    assert len(house.mine()) == n


def test_every_schedule_has_the_built_in_rule(house: Any) -> None:
    house.ends(BAD, n=4)
    assert [(each.rule, each.title, each.severity) for each in house.in_force] == [
        ("schedule alert", "hourly: 4 violations", "warning")
    ]
    house.ends(GOOD)
    assert house.in_force == []
    found = house.read(reading.history).incidents
    assert [each.state for each in found] == ["resolved"]
    assert (
        found[0].document["resolved"]
        == "0 of the last 1 executions failed or found violations: not enough to alert."
    )


def test_a_fault_in_a_rule_keeps_no_execution_from_its_end(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.rule()
    with monkeypatch.context() as patch:
        patch.setattr(hook, "judge", lambda rule, windows: 1 / 0)
        house.ends(BAD)
    assert house.mine() == []
    house.ends(BAD)
    assert len(house.mine()) == 1


def test_names_of_features_may_hold_anything(told: Any, receiver: Any) -> None:
    told.rule(per="feature")
    names = ["a\r\nBcc: x@y", "<script>", "x" * 5000, "\0"]
    told.ends(BAD, violations=[(name, DRIFT) for name in names])
    told.deliver()
    features = {each["feature"] for each in receiver.documents if each.get("feature")}
    assert features == set(names)
    assert not any("\n" in each["title"] or len(each["title"]) > 200 for each in receiver.documents)


def test_what_goes_on_is_one_incident_that_tells_of_the_newest_window(house: Any) -> None:
    house.ends(BAD, n=4)
    newest = house.ends(BAD, n=7)
    assert [(each.title, each.document["execution"]) for each in house.in_force] == [
        ("hourly: 7 violations", newest)
    ]


def test_a_rule_that_is_removed_or_turned_elsewhere_leaves_nothing_in_force(house: Any) -> None:
    house.rule()
    house.ends(BAD)
    house.rule(match={"endpoint": "other"})
    house.ends(BAD)
    assert house.mine() == []
    house.rule()
    house.ends(BAD)
    house.write(editing.remove_rule, "mine", now=house.at)
    assert house.mine() == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"windows": 3, "of": 2}, "windows is 3 and of is 2"),
        ({"windows": 0}, "expected 1 <= windows"),
        ({"of": 101}, "<= 100"),
        ({"when": "distance"}, "needs above"),
        ({"when": "sometimes"}, "sometimes"),
        ({"name": "a/b"}, "named 'a/b'"),
        ({"name": "schedule alert"}, "every schedule has"),
        ({"above": float("nan")}, "above is nan"),
        ({"per": "feature", "when": "failed"}, "fits violations and distance"),
        ({"colour": "red"}, "colour"),
        ({"match": {"endpont": "x"}}, "endpont"),
        ({"match": {"endpoint": "x" * 5000}}, "4096"),
        ({"severity": "fatal"}, "fatal"),
    ],
)
def test_a_rule_that_cannot_be_says_why(house: Any, document: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidRequestError, match=text):
        house.rule(**document)
