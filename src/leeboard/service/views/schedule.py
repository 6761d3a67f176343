"""One schedule: when it runs and what it reads in words, what it compares with, and its definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from leeboard.errors import LeeboardError
from leeboard.service.definitions import with_baseline_files
from leeboard.service.monitor import Monitor
from leeboard.service.resources import Resource
from leeboard.service.scheduling import existing, expression_of, monitor_of
from leeboard.service.service import Service
from leeboard.service.views.fleet import Line, lines
from leeboard.service.views.wording import in_words, window_in_words
from leeboard.state.tables import resources


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
class ComparedWith:
    """The baseline of a schedule.

    Attributes:
        files: (what it is, URI).
        job: that made it; None where nobody knows.
    """

    files: tuple[tuple[str, str], ...] = ()
    job: str | None = None


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
    baseline: ComparedWith
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


def timings_of(connection: Connection, found: Sequence[Line]) -> dict[int, str]:
    """When some schedules run, in words, by their numbers: one query."""
    c = resources.c
    query = select(c.id, c.document).where(c.id.in_([line.id for line in found]))
    return {number: in_words(_text(document)) for number, document in connection.execute(query)}


def _text(document: dict[str, Any]) -> str | None:
    text = document["MonitoringScheduleConfig"].get("ScheduleConfig", {}).get("ScheduleExpression")
    return None if text is None else str(text)


def _baseline(connection: Connection, monitor: Monitor | None) -> ComparedWith:
    if monitor is None or not monitor.baseline:
        return ComparedWith()
    told = with_baseline_files(connection, monitor.baseline, monitor.monitoring_type)
    named = {"ConstraintsResource": "constraints", "StatisticsResource": "statistics"}
    files = [(text, told[key]["S3Uri"]) for key, text in named.items() if told.get(key, {}).get("S3Uri")]
    return ComparedWith(tuple(files), told.get("BaseliningJobName"))
