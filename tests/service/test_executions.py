"""Executions from plan to end, and stops that come at any moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from leeboard.service import executions, scheduling
from leeboard.service.executions import Execution
from leeboard.service.jobs import stop_execution
from leeboard.service.queue import claim, finishing
from leeboard.service.resources import Resource, find
from leeboard.service.schedules.windows import Window
from leeboard.service.service import Service
from leeboard.service.work.planner import plan_due
from leeboard.state.tables import work

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW = TEN + timedelta(minutes=20)
AddSchedule = Callable[..., Resource]


@pytest.fixture
def execution(service: Service, add_schedule: AddSchedule) -> Execution:
    """One that is planned and not begun."""
    add_schedule(due_at=TEN)
    plan_due(service, NOW)
    return read(service)


def read(service: Service) -> Execution:
    with service.database.read() as connection:
        return Execution.of(connection.execute(select(*executions.COLUMNS)).one())


def stop(service: Service, execution: Execution) -> None:
    with service.database.write() as connection:
        stop_execution(connection, execution, now=NOW)


def begin(service: Service, execution: Execution) -> bool:
    with service.database.write() as connection:
        return executions.begin(connection, execution, "job-1", now=NOW)


def take(service: Service) -> Any:
    return claim(service.database, "me", ["execution"], now=NOW, lease_s=20)


def finish(service: Service, held: Any, execution: Execution, status: str = "Completed") -> None:
    with finishing(service.database, held) as connection:
        executions.end(connection, execution, status, now=NOW)


def test_one_that_has_not_begun_is_stopped_at_once(service: Service, execution: Execution) -> None:
    stop(service, execution)
    assert read(service).status == "Stopped"
    assert read(service).ended_at == NOW
    assert take(service) is None


def test_one_that_runs_is_asked_to_stop_and_ended_by_its_worker(
    service: Service, execution: Execution
) -> None:
    held = take(service)
    assert begin(service, execution)
    stop(service, read(service))
    assert read(service).status == "Stopping"
    finish(service, held, execution, "Stopped")
    assert read(service).status == "Stopped"


def test_a_stop_between_the_claim_and_the_beginning_is_not_overwritten(
    service: Service, execution: Execution
) -> None:
    take(service)
    stop(service, execution)
    assert not begin(service, execution)
    assert read(service).status == "Stopping"


def test_a_stop_that_comes_after_the_end_changes_nothing(service: Service, execution: Execution) -> None:
    held = take(service)
    seen = read(service)
    begin(service, execution)
    finish(service, held, execution)
    stop(service, seen)
    assert read(service).status == "Completed"


def test_an_execution_that_has_ended_is_not_begun_again(service: Service, execution: Execution) -> None:
    finish(service, take(service), execution)
    assert not begin(service, execution)
    assert read(service).status == "Completed"


def test_stops_and_workers_at_the_same_moment_leave_one_end(
    service: Service, add_schedule: AddSchedule, together: Callable[..., list[Any]], planned: Any
) -> None:
    names = [f"schedule-{n}" for n in range(8)]
    for name in names:
        add_schedule(name, due_at=TEN)
    plan_due(service, NOW)
    stopped = Event()

    def race(number: int) -> None:
        if number == 0:
            try:
                for row in planned():
                    stop(service, found(service, row.id))
            finally:
                stopped.set()
            return
        while (held := take(service)) is not None or not stopped.is_set():
            if held is not None:
                _work(service, held)

    together(3, race)
    assert {row.status for row in planned()} <= {"Stopped", "Completed"}
    with service.database.read() as connection:
        assert connection.execute(select(work)).all() == []


def found(service: Service, execution_id: int) -> Execution:
    with service.database.read() as connection:
        return executions.find_execution(connection, execution_id)


def _work(service: Service, held: Any) -> None:
    execution = found(service, int(held.subject))
    has_begun = begin(service, execution)
    finish(service, held, execution, "Completed" if has_begun else "Stopped")


def test_a_second_begin_keeps_the_time_of_the_first(service: Service, execution: Execution) -> None:
    take(service)
    begin(service, execution)
    first = read(service)
    with service.database.write() as connection:
        assert executions.begin(connection, first, "job-1", now=NOW + timedelta(hours=1))
    assert read(service).started_at == NOW


def test_a_deleted_schedule_leaves_its_history_and_no_work(service: Service, execution: Execution) -> None:
    scheduling.delete(service, "hourly", NOW)
    assert read(service).status == "Stopped"
    assert read(service).schedule_name == "hourly"
    assert take(service) is None


def test_a_reason_is_cut_to_what_the_API_can_tell(service: Service, execution: Execution) -> None:
    with finishing(service.database, take(service)) as connection:
        executions.end(connection, execution, "Failed", now=NOW, reason="x" * 5000)
    assert read(service).failure_reason == "x" * 1024


def test_a_schedule_that_runs_once_is_stopped_when_its_execution_ends(
    service: Service, add_schedule: AddSchedule
) -> None:
    add_schedule(expression="NOW", due_at=None)
    with service.database.write() as connection:
        schedule = find(connection, "monitoring-schedule", "hourly")
        window = Window(TEN - timedelta(hours=1), TEN, ())
        made = executions.plan(
            connection, schedule, window, scheduled_at=TEN, ready_at=TEN, cause=executions.ONCE, now=NOW
        )
    finish(service, take(service), made)
    with service.database.read() as connection:
        assert find(connection, "monitoring-schedule", "hourly").status == "Stopped"


def test_the_latest_of_many_schedules_are_found_together(service: Service, add_schedule: AddSchedule) -> None:
    numbers = [add_schedule(name, due_at=TEN).id for name in ("a", "b", "c")]
    add_schedule("never")
    plan_due(service, NOW + timedelta(hours=2))
    with service.database.read() as connection:
        found = executions.latest(connection, [*numbers, 999_999])
        assert executions.latest(connection, numbers[:1]) == {numbers[0]: found[numbers[0]]}
    assert {number: found[number].scheduled_at for number in found} == dict.fromkeys(
        numbers, TEN + timedelta(hours=2)
    )
