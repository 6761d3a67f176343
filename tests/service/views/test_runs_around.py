"""An execution among its neighbours, with the log of its job, on each database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from leeboard.service import executions
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.changing import changing
from leeboard.service.executions import Execution
from leeboard.service.logs import PROCESSING_GROUP, append, stream_of
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import add
from leeboard.service.schedules.windows import Window
from leeboard.service.service import Service
from leeboard.service.views.execution import execution_told
from leeboard.service.views.execution_acts import log_of, run_again_in, stop_in

HOUR = timedelta(hours=1)


@pytest.fixture
def planned_at(service: Service, add_schedule: Callable[..., Any]) -> Callable[..., Execution]:
    """Makes an execution of one schedule, so many hours after its first."""
    schedule = add_schedule("hourly")
    first = schedule.created_at

    def make(hours: int, run: int = 0) -> Execution:
        at = first + hours * HOUR
        with service.database.write() as connection:
            made = executions.plan(
                connection, schedule, Window(at - HOUR, at, (at - HOUR,)), scheduled_at=at, ready_at=at,
                cause=executions.BY_HAND if run else executions.PLANNED, now=at, run=run,
            )  # fmt: skip
        assert made is not None
        return made

    return make


def test_neighbours_are_told_by_time_and_runs_by_hand_by_their_number(
    service: Service, planned_at: Callable[..., Execution]
) -> None:
    made = [planned_at(*each) for each in ((1,), (2,), (2, 1), (2, 2), (3,))]
    told = execution_told(service, str(made[2].id))
    assert [one.id for one in told.around] == [one.id for one in made]
    assert (told.previous and told.previous.id, told.next and told.next.id) == (made[1].id, made[3].id)
    assert [one.id for one in told.others] == [made[1].id, made[3].id]
    assert execution_told(service, str(made[0].id)).previous is None


def test_no_more_neighbours_are_read_than_are_shown(
    service: Service, planned_at: Callable[..., Execution]
) -> None:
    made = [planned_at(hours) for hours in range(1, 40)]
    assert len(execution_told(service, str(made[20].id)).around) == 25


def test_a_log_ends_where_its_last_lines_are_and_goes_on_behind_them(
    service: Service, planned_at: Callable[..., Execution]
) -> None:
    one = planned_at(1)
    at, name = one.created_at, one.analysis_name
    with service.database.write() as connection:
        add(
            connection, service.settings, PROCESSING_JOB, name, {}, now=at, status="InProgress", started_at=at
        )
        append(connection, PROCESSING_GROUP, stream_of(name, at), [(at, f"line {i}") for i in range(300)])
    (job,) = execution_told(service, str(one.id)).jobs
    assert (len(job.log.texts), job.log.is_begun_later) == (200, True)
    assert job.log.texts[-1].endswith("line 299")
    with service.database.write() as connection:
        append(connection, PROCESSING_GROUP, stream_of(name, at), [(at, "one more")])
    lines, is_over = log_of(service, str(one.id), "analysis", after=job.log.last)
    assert [line[20:] for line in lines.texts] == ["one more"]
    assert not is_over


def test_what_waits_is_stopped_and_what_ended_is_run_again(
    service: Service, planned_at: Callable[..., Execution]
) -> None:
    one = planned_at(1)

    def stop() -> None:
        with changing(service) as connection:
            stop_in(connection, str(one.id), one.created_at)

    stop()
    assert execution_told(service, str(one.id)).state == "stopped"
    with pytest.raises(InvalidRequestError, match="has ended already: Stopped"):
        stop()
    with changing(service) as connection:
        again = run_again_in(connection, service, str(one.id), one.created_at)
    assert (again.scheduled_at, again.run, again.cause) == (one.scheduled_at, 1, "by hand")


@pytest.mark.parametrize("number", ["", "0", "-1", "1.0", "٣", "9" * 19, "9" * 100])
def test_a_number_of_no_execution_is_told(service: Service, number: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="There is no execution"):
        execution_told(service, number)
