"""Schedules: made, changed, started, stopped, removed, and fired by hand."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from leeboard.service import alerts, executions
from leeboard.service.arns import SCHEDULE
from leeboard.service.changing import changing
from leeboard.service.definitions import capture_of, endpoint_of, find_definition
from leeboard.service.executions import Execution
from leeboard.service.jobs import stop_execution
from leeboard.service.monitor import Monitor
from leeboard.service.refusals import InvalidRequestError, ResourceInUseError, ResourceNotFoundError
from leeboard.service.resources import Resource, add, change, find, remove, set_tags
from leeboard.service.schedules.expressions import Expression, parse_expression
from leeboard.service.schedules.monitored import MonitoredInput
from leeboard.service.schedules.planning import fired_time
from leeboard.service.schedules.rules import check_schedule, check_together, monitoring_type_of
from leeboard.service.schedules.windows import Window, window_of
from leeboard.service.service import Service

SCHEDULED, STOPPED = "Scheduled", "Stopped"


def create(service: Service, params: dict[str, Any], now: datetime) -> Resource:
    """Keep a new schedule and its alert; one that runs NOW is fired."""
    with changing(service) as connection:
        return create_in(connection, service, params, now)


def create_in(connection: Connection, service: Service, params: dict[str, Any], now: datetime) -> Resource:
    name, config = params["MonitoringScheduleName"], params["MonitoringScheduleConfig"]
    columns = _columns(service, connection, config, created_at=now, now=now)
    document = {"MonitoringScheduleConfig": config}
    schedule = add(
        connection, service.settings, SCHEDULE, name, document, now=now, status=SCHEDULED, **columns
    )
    if schedule is None:
        raise ResourceInUseError(f"Monitoring Schedule with name {name} already exists")
    set_tags(connection, schedule.arn, params.get("Tags", []))
    alerts.add_alert(connection, schedule, now=now)
    _run_once(service, connection, schedule, now)
    return schedule


def update(service: Service, name: str, config: dict[str, Any], now: datetime) -> Resource:
    """Replace what a schedule does; it is scheduled afterwards, also if it was stopped."""
    with changing(service) as connection:
        return update_in(connection, service, name, config, now)


def update_in(
    connection: Connection,
    service: Service,
    name: str,
    config: dict[str, Any],
    now: datetime,
    *,
    seen: Resource | None = None,
) -> Resource:
    """The same in a transaction that does more.

    Args:
        seen: the schedule as somebody edited it: it may not have changed since, and a stopped one stays so.

    Raises:
        RefusalError: a rule is broken, or somebody else was quicker.
    """
    schedule = unchanged(connection, seen) if seen is not None else existing(connection, name)
    columns = _columns(service, connection, config, created_at=schedule.created_at, now=now)
    if columns["monitoring_type"] != schedule.monitoring_type:
        raise InvalidRequestError(
            f"The monitoring type of schedule {name} is {schedule.monitoring_type} and cannot change; "
            f"make another schedule for {columns['monitoring_type']}"
        )
    document = {"MonitoringScheduleConfig": config}
    if seen is not None and schedule.status == STOPPED:
        change(connection, schedule, now=now, document=document, **(columns | {"due_at": None}))
        return schedule
    columns["due_at"] = _still_due(schedule, columns["due_at"], now)
    change(connection, schedule, now=now, status=SCHEDULED, document=document, **columns)
    _run_once(service, connection, existing(connection, name), now)
    return schedule


def _still_due(schedule: Resource, next_at: datetime | None, now: datetime) -> datetime | None:
    """When a schedule is due that is changed now: at once if a time has come that nobody has planned yet."""
    is_overdue = schedule.status == SCHEDULED and schedule.due_at is not None and schedule.due_at <= now
    return schedule.due_at if is_overdue and next_at is not None else next_at


def start(service: Service, name: str, now: datetime) -> None:
    """Go on from the next scheduled time; what was missed while stopped is not made up for."""
    with changing(service) as connection:
        start_in(connection, service, name, now)


def start_in(connection: Connection, service: Service, name: str, now: datetime) -> None:
    schedule = existing(connection, name)
    expression = expression_of(service, schedule)
    if expression.is_once and schedule.status == STOPPED:
        raise InvalidRequestError(
            f"Schedule {name} runs once and has run; update it to run it again, "
            f"or run it by hand: leeboard schedule run {name}"
        )
    if schedule.status != SCHEDULED:
        change(connection, schedule, now=now, status=SCHEDULED, due_at=expression.next_after(now))


def stop(service: Service, name: str, now: datetime) -> None:
    """No more executions; one that runs goes on to its end."""
    with changing(service) as connection:
        stop_in(connection, name, now)


def stop_in(connection: Connection, name: str, now: datetime) -> None:
    schedule = existing(connection, name)
    if schedule.status != STOPPED:
        change(connection, schedule, now=now, status=STOPPED, due_at=None)


def delete(service: Service, name: str, now: datetime) -> None:
    """Remove a schedule and its alert, and stop what runs; the history of executions stays."""
    with changing(service) as connection:
        delete_in(connection, name, now)


def delete_in(connection: Connection, name: str, now: datetime) -> None:
    schedule = existing(connection, name)
    for execution in executions.unfinished(connection, schedule.id):
        stop_execution(connection, execution, now=now)
    alerts.remove_alert(connection, schedule, now=now)
    remove(connection, schedule)


def fire(service: Service, name: str, now: datetime, at: datetime | None = None) -> Execution:
    """Run a schedule now as if a scheduled time had come: the next one, or `at`.

    Raises:
        ResourceNotFoundError: there is no such schedule.
        InvalidRequestError: it holds no window.
    """
    with changing(service) as connection:
        return fire_in(connection, service, name, now, at)


def fire_in(
    connection: Connection, service: Service, name: str, now: datetime, at: datetime | None = None
) -> Execution:
    schedule = existing(connection, name)
    scheduled_at = fired_time(expression_of(service, schedule), now, at)
    window = window_at(service, connection, schedule, scheduled_at)
    execution = executions.plan(
        connection, schedule, window,
        scheduled_at=scheduled_at, ready_at=now, cause=executions.BY_HAND, now=now,
        run=executions.next_run(connection, schedule, scheduled_at),
    )  # fmt: skip
    assert execution is not None  # noqa: S101 - its number was free, and this transaction is alone
    return execution


def existing(connection: Connection, name: str) -> Resource:
    """The schedule of that name.

    Raises:
        ResourceNotFoundError: there is none.
    """
    schedule = find(connection, SCHEDULE, name)
    if schedule is None:
        raise ResourceNotFoundError(f"Monitoring Schedule with name {name} does not exist")
    return schedule


def unchanged(connection: Connection, seen: Resource) -> Resource:
    """A schedule that still does what it did when it was read.

    Raises:
        ResourceNotFoundError: it is not there any more.
        InvalidRequestError: somebody has changed it since.
    """
    schedule = existing(connection, seen.name)
    if (schedule.id, schedule.document) != (seen.id, seen.document):
        raise InvalidRequestError(
            f"somebody else has changed {seen.name} meanwhile: load it, and change it again"
        )
    return schedule


def monitor_of(connection: Connection, schedule: Resource) -> Monitor | None:
    """What a schedule monitors; None if its definition was deleted."""
    config = schedule.document["MonitoringScheduleConfig"]
    if inline := config.get("MonitoringJobDefinition"):
        return Monitor.of_inline(inline)
    monitoring_type = config["MonitoringType"]
    definition = find_definition(connection, monitoring_type, config["MonitoringJobDefinitionName"])
    return Monitor.of_definition(definition.document, monitoring_type) if definition else None


def expression_of(service: Service, schedule: Resource) -> Expression:
    config = schedule.document["MonitoringScheduleConfig"].get("ScheduleConfig", {})
    return parse_expression(config.get("ScheduleExpression"), created_at=schedule.created_at)


def window_at(service: Service, connection: Connection, schedule: Resource, scheduled_at: datetime) -> Window:
    """The window of the execution of a scheduled time."""
    config = schedule.document["MonitoringScheduleConfig"].get("ScheduleConfig", {})
    monitor = monitor_of(connection, schedule)
    source = monitor.source if monitor else {}
    return window_of(
        scheduled_at,
        expression_of(service, schedule).period_at(scheduled_at),
        start_offset=source.get("StartTimeOffset"),
        end_offset=source.get("EndTimeOffset"),
        analysis_start=config.get("DataAnalysisStartTime"),
        analysis_end=config.get("DataAnalysisEndTime"),
        is_strict=service.settings.is_strict,
    )


def _columns(
    service: Service, connection: Connection, config: dict[str, Any], *, created_at: datetime, now: datetime
) -> dict[str, Any]:
    """What a configuration means for the columns of its schedule; refused if it cannot work."""
    is_strict = service.settings.is_strict
    expression = check_schedule(config, created_at=created_at, now=now, is_strict=is_strict)
    monitoring_type = monitoring_type_of(config)
    definition = config.get("MonitoringJobDefinition")
    if definition is None:
        definition = _definition(connection, monitoring_type, config["MonitoringJobDefinitionName"])
        check_together(config, definition, expression, at=now, is_strict=is_strict)
    endpoint = endpoint_of(connection, service.settings, MonitoredInput.of(definition))
    if endpoint:
        capture_of(endpoint)
    return {
        "endpoint": endpoint.name if endpoint else None,
        "monitoring_type": monitoring_type,
        "definition": config.get("MonitoringJobDefinitionName"),
        "due_at": expression.next_after(now),
    }


def _definition(connection: Connection, monitoring_type: str, name: str) -> dict[str, Any]:
    definition = find_definition(connection, monitoring_type, name)
    if definition is None:
        raise InvalidRequestError(f"Could not find a {monitoring_type} job definition with the name {name}")
    return definition.document


def _run_once(service: Service, connection: Connection, schedule: Resource, now: datetime) -> None:
    expression = expression_of(service, schedule)
    if not expression.is_once:
        return
    scheduled_at = fired_time(expression, now)
    executions.plan(
        connection, schedule, window_at(service, connection, schedule, scheduled_at),
        scheduled_at=scheduled_at, ready_at=now + timedelta(seconds=service.settings.grace_s),
        cause=executions.ONCE, now=now, run=executions.next_run(connection, schedule, scheduled_at),
    )  # fmt: skip
