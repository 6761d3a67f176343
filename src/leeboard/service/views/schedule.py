"""Schedules: what they do in words, and their executions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from leeboard.errors import LeeboardError
from leeboard.service.definitions import with_baseline_files
from leeboard.service.executions import COLUMNS, UNFINISHED, Execution
from leeboard.service.monitor import Monitor
from leeboard.service.resources import Resource
from leeboard.service.scheduling import existing, expression_of, monitor_of
from leeboard.service.service import Service
from leeboard.service.views.fleet import Line, lines
from leeboard.service.views.states import NO_DATA, State, execution_state
from leeboard.service.views.wording import in_words, window_in_words
from leeboard.state.tables import executions, resources

_IS_EMPTY = executions.c.failure_reason.startswith(NO_DATA, autoescape=True)
_STATUS = executions.c.status
FILTERS: Mapping[str, ColumnElement[bool]] = {
    "in violation": _STATUS == "CompletedWithViolations",
    "failed": (_STATUS == "Failed") & ~func.coalesce(_IS_EMPTY, False),
    "no data": (_STATUS == "Failed") & _IS_EMPTY,
    "clean": _STATUS == "Completed",
    "stopped": _STATUS == "Stopped",
    "running": _STATUS.in_(UNFINISHED),
}
"""Conditions on executions by the word of their state."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a schedule runs and what it reads, in words; `text` is the expression itself."""

    text: str
    when: str
    window: str

    @property
    def words(self) -> str:
        return f"{self.when}, {self.window}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a schedule compares with.

    Attributes:
        files: (what it is, URI).
        job: that made it.
        facts: when each file was last changed is unknown to us; of the job, its end.
    """

    files: tuple[tuple[str, str], ...]
    job: str | None
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One schedule and all that its page says of it.

    Attributes:
        monitor: None if its definition was deleted.
        definition: the documents as they were given.
    """

    line: Line
    resource: Resource
    timing: Timing
    monitor: Monitor | None
    baseline: Baseline
    definition: Mapping[str, Any]
    failure: str | None


def shown(service: Service, connection: Connection, name: str, now: datetime) -> Shown:
    """One schedule.

    Raises:
        ResourceNotFoundError: there is none of that name.
    """
    resource = existing(connection, name)
    line = lines(connection, resources.c.id == resource.id, now=now, grace_s=service.settings.grace_s)[0]
    monitor = monitor_of(connection, resource)
    config = resource.document["MonitoringScheduleConfig"]
    definition = config.get("MonitoringJobDefinition") or _definition(monitor)
    return Shown(
        line,
        resource,
        timing_of(service, resource, monitor),
        monitor,
        _baseline(connection, monitor),
        definition,
        resource.facts.get("failure"),
    )


def _definition(monitor: Monitor | None) -> dict[str, Any]:
    if monitor is None:
        return {}
    return {
        "application": monitor.application, "input": monitor.job_input, "output": monitor.output,
        "resources": monitor.cluster, "baseline": monitor.baseline, "environment": monitor.environment,
        "role": monitor.role, "max_runtime_s": monitor.max_runtime_s,
    }  # fmt: skip


def timing_of(service: Service, schedule: Resource, monitor: Monitor | None) -> Timing:
    """When it runs and what it reads."""
    config = schedule.document["MonitoringScheduleConfig"].get("ScheduleConfig", {})
    given = config.get("ScheduleExpression")
    try:
        expression = expression_of(service, schedule)
        at = schedule.due_at or expression.next_after(schedule.created_at) or schedule.created_at
        period = expression.period_at(at)
        text = expression.text
    except LeeboardError:
        return Timing(str(given), str(given), "which cannot be read")
    source = monitor.source if monitor else {}
    window = window_in_words(
        period, source.get("StartTimeOffset"), source.get("EndTimeOffset"),
        analysis_start=config.get("DataAnalysisStartTime"), analysis_end=config.get("DataAnalysisEndTime"),
    )  # fmt: skip
    return Timing(text, in_words(text), window)


def timings_of(service: Service, connection: Connection, found: Sequence[Line]) -> dict[int, str]:
    """When some schedules run, in words, by their numbers: one query."""
    c = resources.c
    query = select(c.id, c.document, c.created_at).where(c.id.in_([line.id for line in found]))
    return {number: in_words(_text(document)) for number, document, _ in connection.execute(query)}


def _text(document: dict[str, Any]) -> str | None:
    text = document["MonitoringScheduleConfig"].get("ScheduleConfig", {}).get("ScheduleExpression")
    return None if text is None else str(text)


def _baseline(connection: Connection, monitor: Monitor | None) -> Baseline:
    if monitor is None or not monitor.baseline:
        return Baseline((), None, None)
    told = with_baseline_files(connection, monitor.baseline, monitor.monitoring_type)
    named = {"ConstraintsResource": "constraints", "StatisticsResource": "statistics"}
    files = [(text, told[key]["S3Uri"]) for key, text in named.items() if told.get(key, {}).get("S3Uri")]
    return Baseline(tuple(files), told.get("BaseliningJobName"), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """One execution in a list."""

    execution: Execution
    state: State

    @property
    def elapsed(self) -> timedelta | None:
        one = self.execution
        return one.ended_at - one.started_at if one.started_at and one.ended_at else None


def count_executions(connection: Connection, schedule_id: int, state: str = "") -> int:
    """How many a schedule has in a state."""
    query = select(func.count()).select_from(executions).where(*_wanted(schedule_id, state))
    return int(connection.execute(query).scalar_one())


def list_executions(
    connection: Connection, schedule_id: int, state: str = "", *, offset: int = 0, limit: int = 50
) -> list[Listed]:
    """The latest first."""
    c = executions.c
    query = select(*COLUMNS).where(*_wanted(schedule_id, state)).order_by(c.scheduled_at.desc(), c.run.desc())
    found = [Execution.of(row) for row in connection.execute(query.limit(limit).offset(offset))]
    return [Listed(one, execution_state(one.status, one.failure_reason)) for one in found]


def _wanted(schedule_id: int, state: str) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [executions.c.schedule_id == schedule_id]
    return where + ([FILTERS[state]] if state in FILTERS else [])
