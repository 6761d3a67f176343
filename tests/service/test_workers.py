"""Workers as threads: what they take, what they give up, and how they end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import select, update

from leeboard.service.queue import Claim, claim, put
from leeboard.service.resources import Resource, add
from leeboard.service.service import Service
from leeboard.service.work.planner import plan_due
from leeboard.service.work.task import Task
from leeboard.service.work.workers import MOST_LOST, Workers
from leeboard.state.database import Database
from leeboard.state.tables import work

TEN = datetime(2025, 11, 22, 10, tzinfo=UTC)
AddSchedule = Callable[..., Resource]
Planned = Callable[[], list[Any]]


@contextmanager
def at_work(service: Service) -> Iterator[Workers]:
    workers = Workers(service, None)
    workers.start()
    try:
        yield workers
    finally:
        workers.close()


def soon(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not is_so():
        assert monotonic() < deadline
        sleep(0.02)


def rows(service: Service) -> list[Any]:
    with service.database.read() as connection:
        return list(connection.execute(select(work)))


def set_work(service: Service, **columns: Any) -> None:
    with service.database.write() as connection:
        connection.execute(update(work).values(columns))


def test_an_execution_whose_endpoint_is_gone_fails_with_AWSs_sentence(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    plan_due(service, TEN)
    with at_work(service):
        soon(lambda: planned()[0].status == "Failed")
    assert planned()[0].failure_reason.startswith("Job inputs had no data: the endpoint churn is not there")
    assert rows(service) == []


def test_work_that_was_begun_too_often_is_given_up(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    plan_due(service, TEN)
    set_work(service, attempt=service.settings.attempts)
    with at_work(service):
        soon(lambda: planned()[0].status == "Failed")
    assert planned()[0].failure_reason == "Given up: begun 5 times and never brought to its end"
    assert rows(service) == []


def test_work_that_takes_its_server_with_it_again_and_again_is_given_up(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    plan_due(service, TEN)
    set_work(service, state="Running", owner="dead", attempt=1, lost=MOST_LOST, fence=1, lease_until=TEN)
    with at_work(service):
        soon(lambda: planned()[0].status == "Failed")
    assert "ended or was silent for too long 11 times" in planned()[0].failure_reason
    assert rows(service) == []


def test_what_a_dead_worker_left_is_taken_over_after_its_lease(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    plan_due(service, TEN)
    set_work(service, state="Running", owner="dead", attempt=5, lost=9, fence=1, lease_until=TEN)
    with at_work(service):
        soon(lambda: planned()[0].status == "Failed")
    assert rows(service) == []


def test_a_piece_that_fails_by_a_fault_of_ours_is_tried_again_and_then_told(
    service: Service, add_schedule: AddSchedule, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("leeboard.service.work.kinds.execution._monitor", break_down)
    monkeypatch.setattr("leeboard.service.work.task.RETRY_S", (0.0,))
    add_schedule(due_at=TEN)
    plan_due(service, TEN)
    with at_work(service):
        soon(lambda: planned()[0].status == "Failed")
    assert planned()[0].failure_reason == "internal error: ZeroDivisionError: by zero"


def test_a_long_deployment_holds_up_no_pipeline(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = Event()
    monkeypatch.setattr(
        "leeboard.service.work.kinds.deployment._endpoint", lambda _task: is_over.wait() and None
    )
    with service.database.write() as connection:
        put(connection, "deployment", "long", ready_at=TEN)
        put(connection, "pipeline", "0", ready_at=TEN + timedelta(hours=1))
    with at_work(service):
        soon(lambda: [row.subject for row in rows(service)] == ["long"])
        is_over.set()


def test_workers_that_found_nothing_end_at_once(service: Service) -> None:
    with at_work(service) as workers:
        pass
    assert not any(thread.is_alive() for thread in workers._threads)


def test_folders_of_jobs_that_ended_elsewhere_are_removed_at_the_start(service: Service) -> None:
    for name, status in (("ended", "Completed"), ("runs", "InProgress")):
        (service.settings.scratch / name / "1" / "tmp").mkdir(parents=True)
        with service.database.write() as connection:
            add(connection, service.settings, "processing-job", name, {}, now=TEN, status=status)
    with at_work(service):
        assert [place.name for place in service.settings.scratch.iterdir()] == ["runs"]


def test_who_lost_work_to_another_thread_does_not_take_its_claim_along(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a machine has slept: leases ran out, and an idle worker takes over what another still does."""
    may_go_on, is_begun, told = Event(), Event(), []

    def perform(task: Task) -> None:
        if task.claim.fence == 1:
            may_go_on.wait(120)
        else:
            is_begun.set()
            told.append(task.is_closing.wait(120))

    monkeypatch.setattr("leeboard.service.work.kinds.execution._execution", perform)
    workers = Workers(service, None)
    with service.database.write() as connection:
        put(connection, "execution", "7", ready_at=TEN)
    threads = []
    for _ in range(2):
        taken = claim(service.database, "me", ["execution"], now=TEN + timedelta(hours=1), lease_s=20)
        threads.append(Thread(target=workers._do, args=(taken, monotonic())))
        threads[-1].start()
        set_work(service, lease_until=TEN)
    assert is_begun.wait(120)
    may_go_on.set()
    threads[0].join()
    workers.close()
    threads[1].join()
    assert told == [True]


def test_work_that_comes_while_a_worker_looks_is_not_waited_for(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Claim | None] = []

    def look(database: Database, owner: str, kinds: list[str], **times: Any) -> Claim | None:
        found = claim(database, owner, kinds, **times)
        if kinds == ["deployment"] and not looked:
            looked.append(found)
            with database.write() as connection:
                put(connection, "deployment", "new", ready_at=TEN)
            service.bell.ring()
        return found

    monkeypatch.setattr("leeboard.service.work.workers.claim", look)
    monkeypatch.setattr("leeboard.service.work.workers.IDLE_S", 600.0)
    with at_work(service):
        soon(lambda: looked == [None] and rows(service) == [])
