"""From an incident to a receiver on a real socket: once, whatever comes between."""

from datetime import timedelta
from typing import Any

import pytest

from leeboard.clock import now
from leeboard.service.alerting import delivering, editing, reading, silences, watching
from leeboard.service.alerting.testing import try_sink
from leeboard.service.refusals import ResourceInUseError, ResourceNotFoundError
from leeboard.service.work.kinds import KINDS

GOOD, BAD, FAILED = "Completed", "CompletedWithViolations", "Failed"
MINUTE = timedelta(minutes=1)


def test_an_alert_that_opens_and_ends_is_told_twice_in_all(told: Any, receiver: Any) -> None:
    told.ends(BAD, n=2)
    told.ends(BAD, n=3)
    told.ends(GOOD)
    assert told.deliver() == 2
    opened, resolved = receiver.documents
    assert (opened["kind"], opened["title"]) == ("opened", "hourly: 2 violations")
    assert opened["links"]["alert"].endswith(
        f"/dashboard/alerts/{told.read(reading.history).incidents[0].id}"
    )
    assert (resolved["kind"], resolved["title"]) == ("resolved", "Resolved: hourly: 3 violations")
    assert [row.state for row in told.notices()] == ["delivered"] * 2


def test_a_receiver_that_is_down_gets_it_later(told: Any, receiver: Any) -> None:
    receiver.answers = [500, 503]
    told.ends(BAD)
    told.deliver()
    assert receiver.events == ["incident/1/opened"] * 3
    row = told.notices()[0]
    assert (row.state, row.n_attempts, row.last_error) == ("delivered", 3, None)


def test_an_end_is_not_told_before_the_beginning_that_is_tried_again(told: Any, receiver: Any) -> None:
    receiver.answers = [500]
    told.ends(BAD)
    KINDS.get("notice").perform(told.task())
    told.ends(GOOD)
    told.deliver()
    assert [each["kind"] for each in receiver.documents] == ["opened", "opened", "resolved"]


def test_attempts_wait_longer_and_end_and_the_reason_is_kept(told: Any, receiver: Any) -> None:
    receiver.answers = [500] * 100
    told.ends(BAD)
    before = now()
    KINDS.get("notice").perform(told.task())
    assert told.task(before + timedelta(seconds=1)) is None
    told.deliver()
    row = told.notices()[0]
    assert (row.state, row.n_attempts) == ("given up", delivering.MOST_ATTEMPTS)
    assert row.last_error == f"{receiver.url} answered 500 Internal Server Error"
    assert len(receiver.posts) == delivering.MOST_ATTEMPTS


def test_a_redirect_is_not_followed(told: Any, receiver: Any) -> None:
    receiver.answers = [302]
    told.ends(BAD)
    KINDS.get("notice").perform(told.task())
    assert "sends on to elsewhere" in told.notices()[0].last_error
    assert len(receiver.posts) == 1


def test_routes_choose_by_what_an_incident_is_about(told: Any, receiver: Any) -> None:
    told.route(match={"severity": "critical", "rule": "mine"})
    told.rule(severity="critical")
    told.ends(BAD)
    told.deliver()
    assert [each["rule"] for each in receiver.documents] == ["mine"]


def test_a_new_interval_counts_for_what_is_open(told: Any, receiver: Any) -> None:
    told.ends(BAD)
    told.deliver()
    told.route(repeat_s=60)
    watching.watch(told.service, told.at + 2 * MINUTE)
    told.deliver()
    assert receiver.events[1:] == ["incident/1/repeated/60/2"]


def silence(house: Any, **match: Any) -> Any:
    return house.write(
        silences.silence, match, starts_at=house.at, ends_at=house.at + 180 * MINUTE, who="ana", now=house.at
    )


def test_what_begins_and_ends_in_a_silence_is_not_told(told: Any, receiver: Any) -> None:
    silence(told, schedule="hourly")
    told.ends(BAD)
    told.ends(GOOD)
    watching.watch(told.service, told.at + 400 * MINUTE)
    assert told.deliver() == 0
    assert [row.state for row in told.notices()] == ["dropped"]


def test_what_was_never_told_is_dropped_also_where_no_route_tells_of_ends(told: Any) -> None:
    told.route(on=["opened"])
    silence(told)
    told.ends(BAD)
    told.ends(GOOD)
    assert [row.state for row in told.notices()] == ["dropped"]


def test_a_clock_that_is_set_back_makes_no_repetitions(told: Any, receiver: Any) -> None:
    told.ends(BAD)
    opened_at = told.at
    told.write(editing.put_route, {"name": "all", "sinks": ["hook"], "repeat_s": 60}, now=opened_at - MINUTE)
    for minutes in (-1, 2, -1, 2):
        watching.watch(told.service, opened_at + minutes * MINUTE)
    told.deliver()
    assert receiver.events == ["incident/1/opened", "incident/1/repeated/60/2"]


def test_who_was_told_of_a_beginning_is_told_of_the_end_in_a_silence_too(told: Any, receiver: Any) -> None:
    told.ends(BAD)
    silence(told)
    told.ends(GOOD)
    told.deliver()
    assert [each["kind"] for each in receiver.documents] == ["opened", "resolved"]


def test_a_silence_that_is_ended_by_hand_is_over(told: Any, receiver: Any) -> None:
    number = silence(told, schedule="hourly").id
    told.ends(BAD)
    told.write(silences.end_silence, number, now=told.at)
    watching.watch(told.service, told.at)
    assert told.deliver() == 1
    with pytest.raises(ResourceNotFoundError):
        told.write(silences.end_silence, number, now=told.at)


def test_each_end_of_an_execution_is_told_to_those_who_want_it(told: Any, receiver: Any) -> None:
    told.route(on=["ended"], match={"severity": ["info", "warning"]})
    number = told.ends(GOOD)
    told.ends(BAD, n=2)
    told.ends(FAILED, reason="Job inputs had no data: nothing")
    told.deliver()
    assert [(each["kind"], each["title"], each["severity"]) for each in receiver.documents] == [
        ("ended", "hourly: clean", "info"),
        ("ended", "hourly: 2 violations", "warning"),
        ("ended", "hourly: no data", "warning"),
    ]
    assert receiver.events[0] == f"execution/{number}/ended"


def test_work_that_kills_its_workers_is_given_up_with_its_reason(told: Any) -> None:
    told.ends(BAD)
    KINDS.get("notice").give_up(told.task(), "Given up: begun 5 times")
    assert [(row.state, row.last_error) for row in told.notices()] == [
        ("given up", "Given up: begun 5 times")
    ]
    assert told.task() is None


def test_a_sink_that_was_removed_says_so(told: Any) -> None:
    told.ends(BAD)
    with pytest.raises(ResourceInUseError, match="named by the route 'all'"):
        told.write(editing.remove_sink, "hook")
    told.write(editing.remove_route, "all")
    told.write(editing.remove_sink, "hook")
    KINDS.get("notice").perform(told.task())
    assert "no sink 'hook' any more" in told.notices()[0].last_error


def test_a_deleted_schedule_ends_what_is_in_force(told: Any, receiver: Any) -> None:
    from leeboard.service import scheduling

    told.ends(BAD)
    scheduling.delete(told.service, "hourly", told.at)
    assert told.in_force == []
    told.deliver()
    assert receiver.documents[1]["text"].startswith("The schedule was deleted. It was: Window")


def test_a_test_says_at_once_what_happened_and_is_kept(told: Any, receiver: Any) -> None:
    assert try_sink(told.service, "hook", now=told.at, who="ana") is None
    receiver.answers = [404]
    assert try_sink(told.service, "hook", now=told.at) == f"{receiver.url} answered 404 Not Found"
    assert "ana" in receiver.documents[0]["text"]
    states = [each.state for each in told.read(reading.recent_notices)]
    assert states == ["given up", "delivered"]
    with pytest.raises(ResourceNotFoundError, match="no sink 'other'; known: hook"):
        try_sink(told.service, "other", now=told.at)
