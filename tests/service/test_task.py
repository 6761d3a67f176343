"""A claimed piece of work in the hands of its worker: when it stops, waits, is tried again."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from leeboard.clock import now
from leeboard.service.queue import LeaseLostError, claim, put
from leeboard.service.service import Service
from leeboard.service.work.task import RETRY_S, SURE, Task, keep
from leeboard.state.tables import work


@pytest.fixture
def take(service: Service) -> Callable[[], Task | None]:
    """Claims the one piece of work that there is."""
    with service.database.write() as connection:
        put(connection, "execution", "7", ready_at=now())

    def claimed() -> Task | None:
        later = now() + timedelta(hours=1)
        held = claim(service.database, "me", ["execution"], now=later, lease_s=20)
        return Task(service, None, held) if held else None

    return claimed


def row(service: Service) -> Any:
    with service.database.read() as connection:
        return connection.execute(select(work)).one()


def test_a_database_that_does_not_answer_is_no_reason_to_stop(take: Callable[[], Task]) -> None:
    def is_unwanted() -> bool:
        raise OperationalError("SELECT", {}, Exception("gone"))

    task = take()
    assert task.stopper(is_unwanted)() is False
    assert task.stopper(lambda: True)() is True


@pytest.mark.parametrize("happens", [Task.lose, lambda task: task.is_closing.set()])
def test_work_that_is_lost_or_to_be_given_back_stops_without_a_question(
    take: Callable[[], Task], happens: Callable[[Task], None]
) -> None:
    task = take()
    happens(task)
    assert task.stopper(lambda: pytest.fail("was asked"))()


def test_work_whose_lease_cannot_be_renewed_stops_before_others_may_begin_it(
    service: Service, take: Callable[[], Task]
) -> None:
    task = take()
    task.prolong(monotonic() - SURE * service.settings.lease_s + 60)
    assert not task.is_lost
    task.prolong(monotonic() - SURE * service.settings.lease_s)
    assert task.stopper(lambda: pytest.fail("was asked"))()
    keep(service, [task])
    with pytest.raises(LeaseLostError):  # whatever is renewed later: what went on for it was stopped
        task.hold()


def test_the_database_is_not_asked_at_every_look(take: Callable[[], Task]) -> None:
    asked = []

    def is_unwanted() -> bool:
        asked.append(1)
        return False

    should_stop = take().stopper(is_unwanted)
    assert [should_stop() for _ in range(5)] == [False] * 5
    assert len(asked) < 5


def test_failures_wait_longer_and_longer_and_count(service: Service, take: Callable[[], Task]) -> None:
    for attempt, wait_s in enumerate((*RETRY_S, RETRY_S[-1]), 1):
        task = take()
        before = now()
        task.retry()
        assert row(service).attempt == attempt
        assert row(service).ready_at - before >= timedelta(seconds=wait_s)


def test_work_has_as_many_attempts_as_the_settings_say(service: Service, take: Callable[[], Task]) -> None:
    told = []
    for _ in range(service.settings.attempts):
        task = take()
        told.append(task.has_attempts)
        task.later(0, counts=True)
    assert told == [True] * (service.settings.attempts - 1) + [False]


def test_work_that_only_waits_uses_up_no_attempt(service: Service, take: Callable[[], Task]) -> None:
    for _ in range(10):
        take().later(0)
    assert row(service).attempt == 0


def test_who_lost_the_work_can_neither_keep_nor_end_it(service: Service, take: Callable[[], Task]) -> None:
    old = take()
    old.later(0)
    new = take()
    with pytest.raises(LeaseLostError):
        old.hold()
    assert old.is_lost
    with pytest.raises(LeaseLostError):
        old.retry()
    with pytest.raises(LeaseLostError), old.finishing():
        pytest.fail("was let in")
    new.hold()
    assert not new.is_lost
