"""Schedules: listed, and run by hand."""

from datetime import datetime
from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.errors import InputError
from leeboard.formats.whole_number import whole_number
from leeboard.jobs.options import read_time
from leeboard.service import executions, scheduling
from leeboard.service.arns import SCHEDULE
from leeboard.service.executions import Execution
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.resources import find_all

EARLIEST, LATEST = 1970, 9000
"""Years of scheduled times; windows before and behind them still are times."""


def list_schedules(asked: Asked) -> Any:
    """All schedules, oldest first, each with its last execution."""
    with asked.service.database.read() as connection:
        schedules = find_all(connection, SCHEDULE)
        last = executions.latest(connection, [schedule.id for schedule in schedules])
    return {
        "schedules": [
            {
                "name": schedule.name,
                "status": schedule.status,
                "monitoring_type": schedule.monitoring_type,
                "endpoint": schedule.endpoint,
                "expression": scheduling.expression_of(asked.service, schedule).text,
                "next_at": schedule.due_at,
                "last": told(last[schedule.id]) if schedule.id in last else None,
            }
            for schedule in schedules
        ]
    }


def run_schedule(asked: Asked) -> Any:
    """Fire one schedule as if its next scheduled time had come, or the one in `at`."""
    execution = scheduling.fire(asked.service, asked.names["name"], asked.now, _at(asked))
    return told(execution)


def _at(asked: Asked) -> datetime | None:
    given = asked.body.get("at")
    if given is None:
        return None
    if not isinstance(given, str):
        raise InvalidRequestError(f"at is {given!r}; expected a time such as 2026-11-22T10:00:00Z")
    try:
        at = read_time(given, "at")
    except (InputError, OverflowError) as error:
        raise InvalidRequestError(str(error)) from None
    if not EARLIEST <= at.year <= LATEST:
        raise InvalidRequestError(f"at is {given}; expected a time of the years {EARLIEST} to {LATEST}")
    return at


def describe_execution(asked: Asked) -> Any:
    """One execution, by the number that it was given when it was made."""
    given = asked.names["number"]
    with asked.service.database.read() as connection:
        execution = executions.find_execution(connection, whole_number(given))
    if execution is None:
        raise ResourceNotFoundError(f"there is no execution {given}")
    return told(execution)


def told(execution: Execution) -> dict[str, Any]:
    """An execution as these calls tell it."""
    return {
        "execution": execution.id,
        "schedule": execution.schedule_name,
        "monitoring_type": execution.monitoring_type,
        "scheduled_at": execution.scheduled_at,
        "window_start_at": execution.window_start_at,
        "window_end_at": execution.window_end_at,
        "cause": execution.cause,
        "status": execution.status,
        "n_violations": execution.n_violations,
        "failure_reason": execution.failure_reason,
        "processing_job": execution.job_name,
        "started_at": execution.started_at,
        "ended_at": execution.ended_at,
    }


ENTRY = Calls(
    "schedules",
    (
        Route("GET", "/leeboard/schedules", list_schedules),
        Route("POST", "/leeboard/schedules/{name}/run", run_schedule),
        Route("GET", "/leeboard/executions/{number}", describe_execution),
    ),
)
