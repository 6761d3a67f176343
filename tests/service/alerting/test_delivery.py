"""From an incident to a receiver on a real socket: once, whatever comes between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from leeboard.clock import now
from leeboard.service.alerting import delivering, hook, incidents, reading, rulebook, silences, watching
from leeboard.service.alerting.testing import try_sink
from leeboard.service.refusals import ResourceInUseError, ResourceNotFoundError
from leeboard.service.work.kinds import KINDS
from leeboard.state.alerting_tables import notices

GOOD, BAD, FAILED = "Completed", "CompletedWithViolations", "Failed"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(house: Any, receiver: Any) -> Any:
    """A house that tells everything to the receiver."""
    house.sink(receiver.url)
    house.route()
    return house


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


def test_an_event_goes_once_to_a_sink_however_many_routes_lead_there(told: Any, receiver: Any) -> None:
    told.route(name="also", match={"endpoint": "churn"})
    told.route(name="together", group_by=["endpoint"])
    told.ends(BAD)
    told.deliver()
    assert receiver.events == ["incident/1/opened"]


def test_routes_choose_by_what_an_incident_is_about(told: Any, receiver: Any) -> None:
    told.route(match={"severity": "critical", "rule": "mine"})
    told.rule(severity="critical")
    told.ends(BAD)
    told.deliver()
    assert [each["rule"] for each in receiver.documents] == ["mine"]


def test_notices_of_a_group_go_together_after_a_while(
    told: Any, receiver: Any, add_schedule: Callable[..., Any]
) -> None:
    told.route(group_by=["endpoint"], group_wait_s=30)
    told.rule()
    told.ends(BAD)
    assert told.task(told.at + timedelta(seconds=29)) is None
    assert told.deliver(told.at + timedelta(seconds=30)) == 1
    (document,) = receiver.documents
    assert document["title"] == "churn: 2 notices"
    assert {part["rule"] for part in document["parts"]} == {"mine", "schedule alert"}
    assert document["event"].startswith("batch/")


def test_what_comes_to_a_group_later_is_the_next_message(told: Any, receiver: Any) -> None:
    told.route(group_by=["endpoint"], group_wait_s=30)
    told.ends(BAD)
    receiver.answers = [500]
    KINDS.get("notice").perform(told.task())
    told.rule()
    told.ends(BAD)
    told.deliver()
    first, again, second = receiver.documents
    assert first == again
    assert (first["rule"], second["rule"]) == ("schedule alert", "mine")


def test_what_is_open_is_told_again_until_somebody_looks_after_it(told: Any, receiver: Any) -> None:
    told.route(repeat_s=3600, on=["opened", "repeated"])
    told.ends(BAD)
    opened_at = told.at
    for minutes in (59, 61, 62, 121):
        watching.watch(told.service, opened_at + minutes * MINUTE)
    told.deliver()
    assert receiver.events == [
        f"incident/1/{end}" for end in ("opened", "repeated/3600/1", "repeated/3600/2")
    ]
    told.write(incidents.acknowledge, 1, who="ana", note="on it", now=told.at)
    watching.watch(told.service, opened_at + 500 * MINUTE)
    assert told.deliver() == 0
    assert told.in_force[0].document["acknowledged_by"] == "ana"


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


def test_what_is_silenced_is_told_when_the_silence_is_over_if_it_lasts(told: Any, receiver: Any) -> None:
    silence(told, endpoint="churn")
    told.ends(BAD)
    watching.watch(told.service, told.at + 100 * MINUTE)
    assert told.deliver() == 0
    assert told.notices()[0].state == "silenced"
    watching.watch(told.service, told.at + 200 * MINUTE)
    told.deliver()
    assert receiver.events == ["incident/1/opened"]


def test_what_begins_and_ends_in_a_silence_is_not_told(told: Any, receiver: Any) -> None:
    silence(told, schedule="hourly")
    told.ends(BAD)
    told.ends(GOOD)
    watching.watch(told.service, told.at + 400 * MINUTE)
    assert told.deliver() == 0
    assert [row.state for row in told.notices()] == ["dropped"]


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


def test_a_worker_that_dies_before_it_notes_the_answer_sends_the_same_event_again(
    told: Any, receiver: Any
) -> None:
    told.ends(BAD)
    dead = told.task()
    with told.service.database.write() as connection:
        rows = delivering.take(connection, dead.claim.subject)
    delivering.deliver(told.service, "hook", delivering.together(rows), told.at)
    later = now() + 60_000 * MINUTE
    KINDS.get("notice").perform(told.task(later))
    assert receiver.events == ["incident/1/opened"] * 2
    assert [row.state for row in told.notices()] == ["delivered"]


def test_a_worker_that_lost_its_claim_writes_nothing(told: Any, receiver: Any) -> None:
    from leeboard.service.queue import LeaseLostError

    told.ends(BAD)
    slow = told.task()
    KINDS.get("notice").perform(told.task(told.at + 2_000_000 * MINUTE))
    with pytest.raises(LeaseLostError):
        KINDS.get("notice").perform(slow)
    assert receiver.events == ["incident/1/opened"]


def test_a_notice_without_work_gets_it_again(told: Any, receiver: Any) -> None:
    told.ends(BAD)
    with told.task().finishing():  # as if a message had been delivered in the moment in which it came
        pass
    watching.watch(told.service, told.at + MINUTE)
    assert told.deliver() == 1
    assert receiver.events == ["incident/1/opened"]


def test_work_that_kills_its_workers_is_given_up_with_its_reason(told: Any) -> None:
    told.ends(BAD)
    KINDS.get("notice").give_up(told.task(), "Given up: begun 5 times")
    assert [(row.state, row.last_error) for row in told.notices()] == [
        ("given up", "Given up: begun 5 times")
    ]
    assert told.task() is None


def test_two_who_end_executions_at_once_open_one_incident(
    told: Any, together: Callable[..., list[Any]], receiver: Any
) -> None:
    from leeboard.service import alerts

    told.ends(BAD)
    with told.service.database.write() as connection:
        connection.execute(update(notices).values(state="delivered"))
        for incident in incidents.in_force_of(connection, told.schedule.id):
            incidents.end_incident(connection, incident, "Anew.", routes=[], now=told.at)
    together(4, lambda _: told.write(alerts.evaluate, told.schedule.id, now=told.at))
    assert len(told.in_force) == 1
    assert sum(row.event == "incident/2/opened" for row in told.notices()) == 1


def test_a_transaction_that_is_rolled_back_tells_nobody(told: Any) -> None:
    number = told.ends(GOOD)
    told.route(on=["ended"])

    def break_off(connection: Any) -> None:
        hook.execution_ended(connection, number, now=told.at)
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        told.write(break_off)
    assert told.notices() == []
    assert told.task() is None


def test_a_sink_that_was_removed_says_so(told: Any) -> None:
    told.ends(BAD)
    with pytest.raises(ResourceInUseError, match="named by the route 'all'"):
        told.write(rulebook.remove_sink, "hook")
    told.write(rulebook.remove_route, "all")
    told.write(rulebook.remove_sink, "hook")
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
