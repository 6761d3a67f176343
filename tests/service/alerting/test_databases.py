"""What the databases could do differently: each test runs on both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from leeboard.clock import now
from leeboard.service import alerts, executions
from leeboard.service.alerting import (
    delivering,
    editing,
    hook,
    incidents,
    reading,
    rulebook,
    silences,
    watching,
)
from leeboard.service.queue import LeaseLostError
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.windows import Window
from leeboard.service.work.kinds import KINDS
from leeboard.state.alerting_tables import notices

GOOD, BAD = "Completed", "CompletedWithViolations"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database_url(either_database_url: str) -> str:
    return either_database_url


def silence(house: Any, **match: Any) -> Any:
    return house.write(
        silences.silence, match, starts_at=house.at, ends_at=house.at + 180 * MINUTE, who="ana", now=house.at
    )


def test_an_event_goes_once_to_a_sink_however_many_routes_lead_there(told: Any, receiver: Any) -> None:
    told.route(name="also", match={"endpoint": "churn"})
    told.route(name="together", group_by=["endpoint"])
    told.ends(BAD)
    told.deliver()
    assert receiver.events == ["incident/1/opened"]


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


def test_of_many_who_acknowledge_at_once_one_does_and_the_others_are_told(
    told: Any, together: Callable[..., list[Any]]
) -> None:
    told.ends(BAD)

    def answer(number: int) -> str:
        try:
            told.write(incidents.acknowledge, 1, who=f"editor {number}", now=told.at)
        except InvalidRequestError as refusal:
            return refusal.message
        return ""

    answers = together(6, answer)
    by = told.in_force[0].document["acknowledged_by"]
    assert answers[int(by[-1])] == ""
    assert answers.count(f"{by} looks after alert 1 already") == 5


def test_who_ends_an_alert_that_was_acknowledged_meanwhile_keeps_who_did(told: Any) -> None:
    told.ends(BAD)
    (seen,) = told.in_force
    told.write(incidents.acknowledge, 1, who="ana", note="on it", now=told.at)
    told.write(incidents.end_incident, seen, "Over.", routes=[], now=told.at)
    (ended,) = told.read(reading.history).incidents
    assert (ended.document["acknowledged_by"], ended.document["resolved"]) == ("ana", "Over.")
    with pytest.raises(InvalidRequestError, match="is over since"):
        told.write(incidents.acknowledge, 1, who="ana", now=told.at)


def test_who_looks_after_an_alert_may_say_more(told: Any) -> None:
    told.ends(BAD)
    for note in ("on it", "nearly done"):
        told.write(incidents.acknowledge, 1, who="ana", note=note, now=told.at)
    assert told.in_force[0].document["note"] == "nearly done"


def test_what_is_silenced_is_told_when_the_silence_is_over_if_it_lasts(told: Any, receiver: Any) -> None:
    silence(told, endpoint="churn")
    told.ends(BAD)
    watching.watch(told.service, told.at + 100 * MINUTE)
    assert told.deliver() == 0
    assert told.notices()[0].state == "silenced"
    watching.watch(told.service, told.at + 200 * MINUTE)
    told.deliver()
    assert receiver.events == ["incident/1/opened"]


def test_a_worker_that_dies_before_it_notes_the_answer_sends_the_same_event_again(
    told: Any, receiver: Any
) -> None:
    told.ends(BAD)
    dead = told.task()
    with told.service.database.write() as connection:
        rows = delivering.take(connection, dead.claim.subject)
    delivering.deliver(told.service, "hook", delivering.together(rows), told.at)
    later = now() + 120_000 * MINUTE
    KINDS.get("notice").perform(told.task(later))
    assert receiver.events == ["incident/1/opened"] * 2
    assert [row.state for row in told.notices()] == ["delivered"]


def test_a_worker_that_lost_its_claim_writes_nothing(told: Any, receiver: Any) -> None:
    told.ends(BAD)
    slow = told.task()
    KINDS.get("notice").perform(told.task(now() + 120_000 * MINUTE))
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


def test_two_who_end_executions_at_once_open_one_incident(
    told: Any, together: Callable[..., list[Any]], receiver: Any
) -> None:
    told.ends(BAD)
    with told.service.database.write() as connection:
        connection.execute(update(notices).values(state="delivered"))
        for incident in incidents.in_force_of(connection, told.schedule.id):
            incidents.end_incident(connection, incident, "Anew.", routes=[], now=told.at)
    together(4, lambda _: told.write(alerts.evaluate, told.schedule.id, now=told.at))
    assert len(told.in_force) == 1
    assert sum(row.event == "incident/2/opened" for row in told.notices()) == 1


def test_who_makes_one_rule_at_once_makes_one(told: Any, together: Callable[..., list[Any]]) -> None:
    document = {"name": "same", "when": "failed"}
    together(4, lambda _: told.write(editing.put_rule, document, now=told.at))
    assert [each.name for each in told.read(rulebook.kept_rules)] == ["same"]


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


def test_overdue_runs_open_and_end_by_the_clock(told: Any, receiver: Any) -> None:
    told.rule(when="overdue", after_s=1800)
    with told.service.database.write() as connection:
        execution = executions.plan(
            connection, told.schedule, Window(told.at - 60 * MINUTE, told.at, ()),
            scheduled_at=told.at, ready_at=told.at, cause="planned", now=told.at,
        )  # fmt: skip
    for minutes, n in ((29, 0), (31, 1), (40, 1)):
        watching.watch(told.service, told.at + minutes * MINUTE)
        assert len(told.in_force) == n
    told.deliver()
    told.write(executions.end, execution, GOOD, now=told.at + 41 * MINUTE)
    watching.watch(told.service, told.at + 42 * MINUTE)
    told.deliver()
    assert [each["title"] for each in receiver.documents] == ["hourly: overdue", "Resolved: hourly: overdue"]
    assert receiver.documents[0]["text"] == (
        "An execution that was due at 2026-11-22 10:00 UTC has not ended 30 minutes later."
    )


def test_old_notices_are_forgotten_but_those_of_what_is_in_force(told: Any) -> None:
    for status in (BAD, GOOD, BAD):
        told.ends(status)
    told.deliver()
    with told.service.database.write() as connection:
        assert delivering.prune(connection, told.at, limit=1) == 1
        assert delivering.prune(connection, told.at) == 1
        assert delivering.prune(connection, told.at + 60 * MINUTE) == 0
    assert [row.event for row in told.notices()] == ["incident/2/opened"]


def test_history_comes_in_pages_without_gap_or_repetition(told: Any) -> None:
    for _ in range(5):
        told.ends(BAD)
        told.ends(GOOD)
    seen, before = [], None
    while True:
        page = told.read(reading.history, limit=2, before=before)
        seen += [each.id for each in page.incidents]
        if (before := page.before) is None:
            break
    assert seen == [5, 4, 3, 2, 1]
    assert told.read(reading.history, state="open").incidents == []
    assert len(told.read(reading.history, since=told.at - 60 * MINUTE, schedule="hourly").incidents) == 1
    assert told.read(reading.counts_in_force) == {}
    assert told.read(reading.notice_counts, ["hook"]) == {"hook": {"waiting": 10}}
