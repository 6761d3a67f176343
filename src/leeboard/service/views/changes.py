"""What changed in the last hours: what went wrong or right again, and what people did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, select

from leeboard.service.access.audit import LOGIN
from leeboard.service.alerts import IN_ALERT
from leeboard.service.arns import DEFINITIONS, ENDPOINT, SCHEDULE
from leeboard.service.views.fleet import Line, latest_first
from leeboard.state.access_tables import audit_log
from leeboard.state.tables import alert_changes, executions, resources

What = Literal["endpoint", "schedule", "definition", "other"]
MOST = 200
MOST_LOOKED_AT = 150
"""Schedules whose last runs are looked at; the latest ones."""
DONE: dict[str, tuple[What, str]] = {
    "CreateEndpoint": ("endpoint", "deployed"),
    "UpdateEndpoint": ("endpoint", "updated"),
    "UpdateEndpointWeightsAndCapacities": ("endpoint", "got other weights"),
    "DeleteEndpoint": ("endpoint", "deleted"),
    "CreateMonitoringSchedule": ("schedule", "made"),
    "UpdateMonitoringSchedule": ("schedule", "changed"),
    "StartMonitoringSchedule": ("schedule", "enabled"),
    "StopMonitoringSchedule": ("schedule", "disabled"),
    "DeleteMonitoringSchedule": ("schedule", "deleted"),
    "UpdateMonitoringAlert": ("schedule", "alerts otherwise"),
    **{f"Create{kind}JobDefinition": ("definition", "made, with its baseline") for kind in DEFINITIONS},
    **{f"Delete{kind}JobDefinition": ("definition", "deleted") for kind in DEFINITIONS},
}
"""What operations mean, by their names; the dashboard's own actions are written in words."""
CREATED: dict[str, tuple[What, str]] = {
    ENDPOINT: ("endpoint", "deployed"),
    SCHEDULE: ("schedule", "made"),
    **dict.fromkeys(DEFINITIONS.values(), ("definition", "made, with its baseline")),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A schedule that went into alert, or out of it."""

    schedule: str
    is_in_alert: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """A schedule that was clean within the last hours, and is not any more.

    Attributes:
        clean_at: the last time that it was.
    """

    line: Line
    clean_at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did; without `by`, it is known from the thing alone."""

    at: datetime
    what: What
    subject: str
    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed."""

    turns: list[Turn]
    broken: list[Broken]
    deeds: list[Deed]

    def named(self, n: int = MOST) -> set[str]:
        """What the first deeds and turns are about, so many of each."""
        return {deed.subject for deed in self.deeds[:n]} | {turn.schedule for turn in self.turns[:n]}


def changes_since(connection: Connection, of: Iterable[Line], since: datetime) -> Changes:
    """What became of some schedules, and what people did: five queries at most."""
    return Changes(turns(connection, since), broken(connection, of, since), deeds(connection, since))


def turns(connection: Connection, since: datetime) -> list[Turn]:
    """Changes of alerts, the latest first."""
    c = alert_changes.c
    query = select(c.schedule_name, c.status, c.created_at).where(c.created_at >= since)
    rows = connection.execute(query.order_by(c.created_at.desc(), c.id.desc()).limit(MOST))
    return [Turn(name, status == IN_ALERT, at) for name, status, at in rows]


def broken(connection: Connection, of: Iterable[Line], since: datetime) -> list[Broken]:
    """Schedules that failed or found violations for the first time since they were clean."""
    bad = [line for line in of if line.last in ("in violation", "failed")]
    looked_at = latest_first(bad)[:MOST_LOOKED_AT]
    e = executions.c
    where = (
        e.schedule_id.in_([line.id for line in looked_at]),
        e.scheduled_at >= since,
        e.status == "Completed",
    )
    query = select(e.schedule_id, func.max(e.scheduled_at)).where(*where).group_by(e.schedule_id)
    clean = {number: at for number, at in connection.execute(query)} if looked_at else {}
    found = [Broken(line, clean[line.id]) for line in looked_at if line.id in clean]
    return sorted(found, key=lambda each: (each.clean_at, each.line.n_violations or 0), reverse=True)


def deeds(connection: Connection, since: datetime) -> list[Deed]:
    """What was deployed, made, changed or removed, the latest first."""
    told = list(_told(connection, since))
    known = {(deed.what, deed.subject.lower()) for deed in told}
    seen = [deed for deed in _seen(connection, since) if (deed.what, deed.subject.lower()) not in known]
    return sorted([*told, *seen], key=lambda deed: deed.at, reverse=True)[:MOST]


def _told(connection: Connection, since: datetime) -> Iterable[Deed]:
    c = audit_log.c
    known = c.action.in_(list(DONE)) | ((c.via == "dashboard") & (c.action != LOGIN))
    query = select(c.at, c.action, c.subject, c.visitor).where(c.at >= since, c.outcome == "ok", known)
    rows = connection.execute(query.order_by(c.at.desc(), c.id.desc()).limit(MOST))
    for at, action, subject, visitor in rows:
        what, words = DONE.get(action, ("other", action.replace("_", " ")))
        yield Deed(at, what, subject, words, visitor)


def _seen(connection: Connection, since: datetime) -> Sequence[Deed]:
    """Made by who left no line in the audit log, as the demo's examples."""
    c = resources.c
    query = select(c.kind, c.name, c.created_at).where(c.kind.in_(list(CREATED)), c.created_at >= since)
    rows = connection.execute(query.order_by(c.created_at.desc()).limit(MOST))
    return [Deed(at, CREATED[kind][0], name, CREATED[kind][1]) for kind, name, at in rows]
