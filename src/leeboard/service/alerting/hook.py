"""What alerting does when an execution ends, when AWS's alert of a schedule is judged, and when one goes."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from leeboard.alerts import ENDED, Notice
from leeboard.alerts.document import RouteEntry
from leeboard.alerts.rules import BUILT_IN, Rule
from leeboard.service.alerting import rulebook
from leeboard.service.alerting.incidents import (
    Found,
    Incident,
    end_incident,
    in_force_of,
    settle,
)
from leeboard.service.alerting.judging import Finding, judge, n_to_read, span
from leeboard.service.alerting.notifying import announce
from leeboard.service.alerting.subjects import Monitored
from leeboard.service.alerting.windows import COMPLETED, COUNTED, FAILED, VIOLATED, SeenWindow, last_windows
from leeboard.state.tables import executions, resources

_log = logging.getLogger(__name__)
NOT_FOUND = "The last windows give no more cause."


def execution_ended(connection: Connection, execution_id: int, *, now: datetime) -> None:
    """Judge the rules of its schedule, if that is there still, and tell those who want to know of every end.

    The transaction is that which ends it, and has its turn; what is kept of its window was written before.
    """
    row = connection.execute(select(executions).where(executions.c.id == execution_id)).first()
    if row is None:
        return
    monitored = Monitored(row.schedule_id, row.schedule_name, row.endpoint, row.monitoring_type)
    routes = rulebook.routes(connection)
    if row.status in COUNTED and _schedule(connection, row.schedule_id):
        _judge(connection, monitored, routes, now)
    if any(ENDED in route.on for route in routes):
        names = _names(row)
        announce(connection, _told(row, str(names["severity"]), now), names, routes=routes, now=now)


def _judge(connection: Connection, monitored: Monitored, routes: Sequence[RouteEntry], now: datetime) -> None:
    rules = [rule for rule in rulebook.rules(connection) if rule.about == "schedule" and not rule.is_by_clock]
    mine = [rule for rule in rules if _is_about(rule, monitored)]
    in_force = in_force_of(connection, monitored.schedule_id)
    if mine:
        windows = last_windows(connection, monitored.schedule_id, n_to_read(mine))
        for rule in mine:
            found = _judged(rule, windows)
            if found is not None:
                told = [_found(rule, monitored, each) for each in found]
                settle(
                    connection, rule.name, monitored, told,
                    in_force=in_force, over=NOT_FOUND, routes=routes, now=now,
                )  # fmt: skip
    _end_others(connection, in_force, {rule.name for rule in mine}, rules, routes, now)


def _judged(rule: Rule, windows: Sequence[SeenWindow]) -> list[Finding] | None:
    """A fault of ours in a rule may not keep an execution from its end."""
    try:
        return judge(rule, windows)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        _log.exception("the rule %r could not be judged", rule.name)
        return None


def _end_others(
    connection: Connection,
    in_force: Sequence[Incident],
    mine: set[str],
    rules: Sequence[Rule],
    routes: Sequence[RouteEntry],
    now: datetime,
) -> None:
    """Rules that were changed and are not about this schedule any more."""
    judged = {rule.name for rule in rules}
    for incident in in_force:
        if incident.rule in judged and incident.rule not in mine:
            why = f"The rule {incident.rule} is not about this schedule any more."
            end_incident(connection, incident, why, routes=routes, now=now)


def _is_about(rule: Rule, monitored: Monitored) -> bool:
    """Whether a rule looks at a schedule."""
    return rule.match.matches(
        schedule=monitored.schedule, endpoint=monitored.endpoint, monitor=monitored.monitoring_type
    )


def _found(rule: Rule, monitored: Monitored, finding: Finding) -> Found:
    window = finding.window
    numbers = {
        "bad_windows": finding.n_bad,
        "windows": finding.n_seen,
        "violations": finding.n_violations,
        "value": finding.value,
    }
    text = f"{rule.description} {finding.reason}".strip()
    return Found(
        title=f"{monitored.schedule}: {finding.what}",
        text=text,
        severity=rule.severity,
        feature=finding.feature,
        check=rule.match.check if isinstance(rule.match.check, str) else None,
        execution_id=window.execution_id,
        window=(window.start_at, window.end_at),
        counts={name: number for name, number in numbers.items() if number is not None},
    )


def schedule_alert(
    connection: Connection, schedule_id: int, n_bad: int, n_seen: int, *, is_in_alert: bool, now: datetime
) -> None:
    """AWS's alert of a schedule was judged: it has an incident as long as it is in alert."""
    in_force = in_force_of(connection, schedule_id)
    if not is_in_alert and not any(each.rule == BUILT_IN for each in in_force):
        return
    monitored = _schedule(connection, schedule_id)
    if monitored is None:
        return
    found = [_in_alert(connection, monitored, n_bad, n_seen)] if is_in_alert else []
    settle(
        connection, BUILT_IN, monitored, found, in_force=in_force,
        over=f"{n_bad} of the last {n_seen} executions failed or found violations: not enough to alert.",
        routes=rulebook.routes(connection), now=now,
    )  # fmt: skip


def _in_alert(connection: Connection, monitored: Monitored, n_bad: int, n_seen: int) -> Found:
    c = executions.c
    bad = (
        c.schedule_id == monitored.schedule_id,
        c.status.in_((VIOLATED, FAILED)),
    )
    latest = (c.scheduled_at.desc(), c.id.desc())
    row = connection.execute(select(executions).where(*bad).order_by(*latest).limit(1)).one()
    return Found(
        title=f"{monitored.schedule}: {_what(row)}",
        text=f"{_sentence(row)} {n_bad} of the last {n_seen} executions failed or found violations.",
        severity="warning",
        execution_id=row.id,
        window=(row.window_start_at, row.window_end_at),
        counts={"bad_windows": n_bad, "windows": n_seen}
        | ({"violations": row.n_violations} if row.n_violations is not None else {}),
    )


def schedule_removed(connection: Connection, schedule_id: int, *, now: datetime) -> None:
    """All that is in force of it is over."""
    found = in_force_of(connection, schedule_id)
    rulebook.end_incidents(connection, found, "The schedule was deleted.", now=now)


def _schedule(connection: Connection, schedule_id: int) -> Monitored | None:
    c = resources.c
    query = select(c.id, c.name, c.endpoint, c.monitoring_type).where(c.id == schedule_id)
    row = connection.execute(query).first()
    return Monitored(*row) if row else None


def _names(row: Row[Any]) -> dict[str, str | None]:
    return {
        "rule": None,
        "feature": None,
        "check": None,
        "pipeline": None,
        "job": None,
        "severity": "info" if row.status in (COMPLETED, "Stopped") else "warning",
        "schedule": row.schedule_name,
        "endpoint": row.endpoint,
        "monitor": row.monitoring_type,
    }


def _told(row: Row[Any], severity: str, now: datetime) -> Notice:
    return Notice(
        event=f"execution/{row.id}/ended", kind=ENDED, severity=severity,
        title=f"{row.schedule_name}: {_what(row)}", text=_sentence(row), at=now,
        links={"execution": f"/dashboard/executions/{row.id}"},
        schedule=row.schedule_name, endpoint=row.endpoint, monitor=row.monitoring_type,
        window_start_at=row.window_start_at, window_end_at=row.window_end_at,
        counts={"violations": row.n_violations} if row.n_violations is not None else {},
    )  # fmt: skip


def _what(row: Row[Any]) -> str:
    """An execution in a few words."""
    if row.status == VIOLATED:
        n = row.n_violations
        return f"{n} violation{'s' * (n != 1)}" if n else "violations"
    if row.status == FAILED and _window(row).has_no_data:
        return "no data"
    return {COMPLETED: "clean", FAILED: "failed"}.get(row.status, "stopped")


def _sentence(row: Row[Any]) -> str:
    reason = f" {row.failure_reason}" if row.failure_reason else ""
    return f"Window {span(_window(row))}: {_what(row)}.{reason}"


def _window(row: Row[Any]) -> SeenWindow:
    return SeenWindow(row.id, row.window_start_at, row.window_end_at, row.status, row.failure_reason)
