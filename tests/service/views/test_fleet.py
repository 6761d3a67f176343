"""Schedules as they are now, whatever was read of them before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update

from leeboard.service.executions import end, find_execution, set_execution
from leeboard.service.resources import change, remove
from leeboard.service.service import Service
from leeboard.service.views.fleet import Line, lines
from leeboard.state.database import Database
from leeboard.state.tables import alerts
from watched_fleet import HOUR, NOW, Fleet

Look = Callable[..., dict[str, Line]]


@pytest.fixture
def look(service: Service) -> Look:
    def read(now: Any = NOW) -> dict[str, Line]:
        with service.database.read() as connection:
            return {line.name: line for line in lines(connection, now=now)}

    return read


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    yield seen
    event.remove(database._engine, "before_cursor_execute", note)


def test_only_schedules_that_have_changed_are_read_again(fleet: Fleet, service: Service, look: Look) -> None:
    made = [fleet.schedule(f"s{number}") for number in range(5)]
    look()
    with counted(service.database) as seen:
        before = look()
    assert len(seen) == 2  # what tells of a change, and what is under way
    fleet.run(made[3], 0, "CompletedWithViolations", n_violations=2)
    with counted(service.database) as seen:
        after = look()
    assert len(seen) == 3
    assert after["s3"].state == "in violation"
    assert all(after[name] is before[name] for name in ("s0", "s1", "s2", "s4"))


def test_whatever_changes_of_a_schedule_is_seen_at_once(fleet: Fleet, service: Service, look: Look) -> None:
    made = fleet.schedule("hourly")
    assert look()["hourly"].definition is None
    with service.database.write() as connection:
        change(connection, made, now=NOW + HOUR, definition="other", status="Stopped")
    assert (look()["hourly"].definition, look()["hourly"].state) == ("other", "stopped")
    with service.database.write() as connection:
        connection.execute(
            update(alerts).values(datapoints_to_alert=2, evaluation_period=3, status="InAlert")
        )
    assert (look()["hourly"].datapoints, look()["hourly"].is_in_alert) == (2, True)
    with service.database.write() as connection:
        remove(connection, made)
    assert look() == {}


def test_an_end_that_is_told_again_counts(fleet: Fleet, service: Service, look: Look) -> None:
    number = fleet.run(fleet.schedule("hourly"), 0)
    assert look()["hourly"].state == "clean"
    with service.database.write() as connection:
        execution = find_execution(connection, number)
        assert execution is not None
        end(connection, execution, "Failed", now=NOW + HOUR / 2, reason="it broke")
    assert look()["hourly"].state == "failed"


def test_a_line_that_was_made_is_overdue_when_its_time_has_passed(fleet: Fleet, look: Look) -> None:
    fleet.run(fleet.schedule("hourly"), 0)
    states = [look(NOW + hours * HOUR)["hourly"].state for hours in (0, 2, 0)]
    assert states == ["clean", "overdue", "clean"]


def test_a_line_of_what_waits_is_made_anew_when_that_is_overdue_or_runs(
    fleet: Fleet, service: Service, look: Look
) -> None:
    schedule = fleet.schedule("hourly")
    fleet.run(schedule, 1)
    number = fleet.run(schedule, 0, "Pending")
    early = NOW.replace(minute=1)
    assert look(early)["hourly"] is look(early)["hourly"]
    states = [look(at)["hourly"].state for at in (early, NOW, early)]
    assert states == ["clean", "overdue", "clean"]
    with service.database.write() as connection:
        set_execution(connection, number, now=NOW, status="InProgress")
    assert (look()["hourly"].state, look()["hourly"].is_running) == ("clean", True)


def test_schedules_of_different_stores_are_told_apart(
    fleet: Fleet, service: Service, look: Look, tmp_path: Any
) -> None:
    fleet.schedule("here")
    assert list(look()) == ["here"]
    other = Database(f"sqlite:///{tmp_path}/other.sqlite")
    with other.read() as connection:
        assert lines(connection, now=NOW) == []
    other.close()


def test_they_come_by_name_whatever_its_case(fleet: Fleet, look: Look) -> None:
    for name in ("b", "C", "a"):
        fleet.schedule(name)
    assert list(look()) == ["a", "b", "C"]
