"""Of two who do something about alerts at once, the second does it as if the first had ended before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, event, text, update

from leeboard.service import alerts, executions, scheduling
from leeboard.service.alerting import editing, rulebook, silences, turn, watching
from leeboard.service.refusals import RefusalError
from leeboard.service.service import Service
from leeboard.service.work.kinds import KINDS
from leeboard.state.database import Transaction
from leeboard.state.tables import work
from overlapping import WAIT_S, overlap

GOOD, BAD = "Completed", "CompletedWithViolations"
MINUTE = timedelta(minutes=1)
Act = Callable[[Service], Any]


@pytest.fixture
def database_url(either_database_url: str) -> str:
    return either_database_url


@pytest.fixture
def in_the_midst(service: Service) -> Callable[[Act, Act], None]:
    """Does one thing, and another one in the midst of it: before it keeps what it wrote, or after its
    first statement with some text.
    """

    def do(first: Act, second: Act, *, after: str = "") -> None:
        is_there, may_go_on = Event(), Event()

        def pause() -> None:
            is_there.set()
            may_go_on.wait(WAIT_S)

        def look(_: Any, __: Any, statement: str, *___: Any) -> None:
            if after and after in " ".join(statement.split()):
                pause()

        @contextmanager
        def slowly(transaction: Transaction) -> Iterator[Connection]:
            with transaction as connection:
                event.listen(connection, "after_cursor_execute", look)
                yield connection
                pause()

        slow = replace(service, database=service.database.within(slowly))
        overlap(lambda: first(slow), lambda: second(service), is_there=is_there, may_go_on=may_go_on)

    return do


def written(function: Callable[..., Any], *arguments: Any, **named: Any) -> Act:
    """It in a transaction of its own."""

    def do(service: Service) -> None:
        with suppress(RefusalError), service.database.write() as connection:
            function(connection, *arguments, **named)

    return do


def ending(house: Any, status: str = BAD, schedule: Any = None) -> Act:
    """The end of an execution of the next window."""
    execution = house.write(house.begins, schedule)
    return written(executions.end, execution, status, now=house.at, n_violations=1)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_rule_that_is_removed_while_an_execution_is_judged_leaves_nothing_in_force(
    told: Any, in_the_midst: Callable[..., None], is_first: bool
) -> None:
    told.rule()
    acts = [written(editing.remove_rule, "mine", now=told.at), ending(told)]
    in_the_midst(*(acts if is_first else acts[::-1]))
    assert told.mine() == []
    assert [each.rule for each in told.in_force] == ["schedule alert"]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_rule_that_is_removed_while_the_clock_is_looked_at_leaves_nothing_in_force(
    told: Any, in_the_midst: Callable[..., None], is_first: bool
) -> None:
    told.rule(when="overdue", after_s=600)
    told.write(told.begins)
    late_at = told.at + 11 * MINUTE
    acts = [written(editing.remove_rule, "mine", now=told.at), lambda each: watching.watch(each, late_at)]
    in_the_midst(*(acts if is_first else acts[::-1]))
    assert told.mine() == []


@pytest.mark.parametrize("is_first", [True, False])
def test_no_route_names_a_sink_that_is_removed_at_the_same_moment(
    house: Any, in_the_midst: Callable[..., None], is_first: bool
) -> None:
    house.sink("http://127.0.0.1:1")
    route = {"name": "all", "sinks": ["hook"]}
    acts = [written(editing.remove_sink, "hook"), written(editing.put_route, route, now=house.at)]
    in_the_midst(*(acts if is_first else acts[::-1]))
    n_routes, n_sinks = len(house.read(rulebook.kept_routes)), len(house.read(rulebook.kept_sinks))
    assert (n_routes, n_sinks) == ((0, 0) if is_first else (1, 1))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_schedule_that_is_deleted_while_an_execution_ends_leaves_nothing_in_force(
    told: Any, in_the_midst: Callable[..., None], is_first: bool
) -> None:
    told.rule()
    end = ending(told)
    told.task_of("execution")
    acts = [written(scheduling.delete_in, "hourly", told.at), end]
    in_the_midst(*(acts if is_first else acts[::-1]))
    assert told.in_force == []


def test_a_schedule_that_runs_once_can_be_deleted_while_it_ends(
    told: Any, in_the_midst: Callable[..., None]
) -> None:
    execution = told.write(told.begins, cause=executions.ONCE)
    told.task_of("execution")
    end = written(executions.end, execution, BAD, now=told.at)
    in_the_midst(written(scheduling.delete_in, "hourly", told.at), end, after="FROM resources")
    assert told.in_force == []


def test_a_schedule_can_be_deleted_while_one_of_its_executions_ends_and_others_wait(
    told: Any, in_the_midst: Callable[..., None]
) -> None:
    waiting = told.write(told.begins)
    running = told.write(told.begins)
    told.write(take_up, running)
    end = written(executions.end, running, BAD, now=told.at)
    in_the_midst(end, written(scheduling.delete_in, "hourly", told.at), after="UPDATE executions")
    assert told.in_force == []
    kept = [told.read(executions.find_execution, each.id).status for each in (waiting, running)]
    assert kept == ["Stopped", BAD]


def take_up(connection: Connection, execution: Any) -> None:
    """As the worker that runs it has."""
    where = (work.c.kind == "execution", work.c.subject == str(execution.id))
    connection.execute(update(work).where(*where).values(state="Running"))


def test_two_ends_that_tell_two_groups_in_another_order_both_come_to_pass(
    told: Any, add_schedule: Callable[..., Any], in_the_midst: Callable[..., None]
) -> None:
    told.route(group_by=["severity"], group_wait_s=30)
    other = add_schedule("other")
    told.write(alerts.add_alert, other, now=told.at)
    told.ends(BAD, schedule=other)
    told.deliver()
    told.rule(severity="critical")
    told.rule(name="second")
    in_the_midst(ending(told), ending(told, schedule=other), after="INSERT INTO work")
    assert sorted((each.schedule_name, each.rule) for each in told.in_force) == [
        (name, rule) for name in ("hourly", "other") for rule in ("mine", "schedule alert", "second")
    ]


def test_a_notice_that_comes_while_its_message_is_delivered_goes_out_at_once(
    told: Any, receiver: Any, in_the_midst: Callable[..., None]
) -> None:
    told.route(group_by=["endpoint"])
    told.ends(BAD)
    task = told.task()
    told.rule()
    in_the_midst(ending(told), lambda _: KINDS.get("notice").perform(task))
    told.deliver()
    rules = [part["rule"] for each in receiver.documents for part in each.get("parts", [each])]
    assert sorted(rules) == ["mine", "schedule alert"]
    assert [row.state for row in told.notices()] == ["delivered"] * 2


@pytest.mark.parametrize("is_first", [True, False])
def test_who_is_told_of_an_alert_after_a_silence_is_told_of_an_end_at_that_moment(
    told: Any, receiver: Any, in_the_midst: Callable[..., None], is_first: bool
) -> None:
    quiet_until = told.at + 90 * MINUTE
    told.write(silences.silence, {}, starts_at=told.at, ends_at=quiet_until, who="ana", now=told.at)
    told.ends(BAD)
    acts = [ending(told, GOOD), lambda each: watching.watch(each, quiet_until + MINUTE)]
    in_the_midst(*(acts if is_first else acts[::-1]))
    told.deliver()
    assert [each["kind"] for each in receiver.documents] == ([] if is_first else ["opened", "resolved"])


def test_a_server_that_vanishes_in_its_turn_holds_up_others_for_a_minute(service: Service) -> None:
    with service.database.write() as connection:
        turn.in_turn(connection)
        if not service.database.is_sqlite:
            told = connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar()
            assert told == "1min"
