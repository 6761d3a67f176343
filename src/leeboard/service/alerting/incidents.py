"""Incidents: what a rule found, from when it was found until it is over.

There is one in force for a rule and a subject, see `subjects.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeboard.alerts import OPENED, RESOLVED, Notice
from leeboard.alerts.document import RouteEntry
from leeboard.service.alerting.notifying import announce, drop_silenced, first_repeat
from leeboard.service.alerting.subjects import About
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.state.alerting_tables import IS_IN_FORCE, incidents

OPEN, ACKNOWLEDGED, OVER = "open", "acknowledged", "resolved"
IN_FORCE = (OPEN, ACKNOWLEDGED)
MOST_TEXT = 2_000
MOST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What makes an incident.

    Attributes:
        feature: where it is about one of the schedule's.
        facts: more of its document, such as the steps of a pipeline that failed.
    """

    title: str
    text: str
    severity: str
    feature: str | None = None
    check: str | None = None
    execution_id: int | None = None
    window: tuple[datetime, datetime] | None = None
    counts: Mapping[str, int | float] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        told = {
            "title": " ".join(self.title.split())[:MOST_TITLE],  # names may hold line ends, mail headers not
            "text": self.text[:MOST_TEXT],
            "feature": self.feature,
            "check": self.check,
            "execution": self.execution_id,
            "window_start_at": self.window[0].isoformat() if self.window else None,
            "window_end_at": self.window[1].isoformat() if self.window else None,
            "counts": dict(self.counts or {}),
            **self.facts,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it was read.

    Attributes:
        document: title, text, feature, window, and what people said of it.
    """

    id: int
    rule: str
    subject: str
    schedule_id: int | None
    schedule_name: str | None
    endpoint: str | None
    monitoring_type: str | None
    pipeline: str | None
    job: str | None
    state: str
    severity: str
    document: dict[str, Any]
    opened_at: datetime
    changed_at: datetime
    resolved_at: datetime | None

    @classmethod
    def of(cls, row: Row[Any] | Sequence[Any]) -> Self:
        return cls(*tuple(row)[: len(COLUMNS)])

    @property
    def title(self) -> str:
        return str(self.document.get("title", ""))

    @property
    def about(self) -> str:
        """The name of the schedule, the pipeline or the jobs."""
        return self.schedule_name or self.pipeline or self.job or ""

    @property
    def names(self) -> dict[str, str | None]:
        """What matchers are asked about."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "schedule": self.schedule_name,
            "endpoint": self.endpoint,
            "monitor": self.monitoring_type,
            "feature": self.document.get("feature"),
            "check": self.document.get("check"),
            "pipeline": self.pipeline,
            "job": self.job,
        }

    def notice(self, event: str, kind: str, at: datetime, *, text: str | None = None) -> Notice:
        """What is told of it; links are paths, which delivery makes URLs of."""
        start, end = self.document.get("window_start_at"), self.document.get("window_end_at")
        links = {"alert": f"/dashboard/alerts/{self.id}"}
        if number := self.document.get("execution"):
            links["execution"] = f"/dashboard/executions/{number}"
        before = {RESOLVED: "Resolved: ", OPENED: ""}.get(kind, "Still: ")
        return Notice(
            event=event, kind=kind, severity=self.severity, title=before + self.title,
            text=text or str(self.document.get("text", "")), at=at, links=links, rule=self.rule,
            schedule=self.schedule_name, endpoint=self.endpoint, monitor=self.monitoring_type,
            feature=self.document.get("feature"), check=self.document.get("check"),
            pipeline=self.pipeline, job=self.job,
            window_start_at=datetime.fromisoformat(start) if start else None,
            window_end_at=datetime.fromisoformat(end) if end else None,
            counts=self.document.get("counts", {}),
        )  # fmt: skip


COLUMNS = [incidents.c[name] for name in Incident.__slots__]


def find_incident(connection: Connection, number: int) -> Incident | None:
    row = connection.execute(select(*COLUMNS).where(incidents.c.id == number)).first()
    return Incident.of(row) if row else None


def in_force_of(connection: Connection, schedule_id: int) -> list[Incident]:
    """Those of one schedule that are not over."""
    where = (incidents.c.schedule_id == schedule_id, incidents.c.state.in_(IN_FORCE))
    return _found(connection, *where)


def in_force_about(connection: Connection, subject: str, rules: Collection[str]) -> list[Incident]:
    """Those of one subject that these rules found and that are not over."""
    where = (incidents.c.rule.in_(rules), incidents.c.subject == subject, IS_IN_FORCE)
    return _found(connection, *where)


def in_force_of_rule(connection: Connection, rule: str) -> list[Incident]:
    """Those that one rule found and that are not over."""
    where = (incidents.c.rule == rule, incidents.c.state != OVER)
    return _found(connection, *where)


def _found(connection: Connection, *where: Any) -> list[Incident]:
    """The oldest first: what is told of them comes in that order, and is locked in it."""
    query = select(*COLUMNS).where(*where).order_by(incidents.c.id)
    return [Incident.of(row) for row in connection.execute(query)]


def settle(
    connection: Connection,
    rule: str,
    about: About,
    found: Collection[Found],
    *,
    in_force: Collection[Incident],
    over: str,
    routes: Collection[RouteEntry],
    now: datetime,
) -> None:
    """Bring the incidents of a rule in line with what it finds now of a schedule, a pipeline or jobs.

    Args:
        in_force: those that there are about it, of any rule.
        over: why those are over that are not found any more.
    """
    known = {each.subject: each for each in in_force if each.rule == rule}
    wanted = {about.subject(each.feature): each for each in found}
    for subject, each in wanted.items():
        if subject in known:
            _refresh(connection, known[subject], each, now)
        else:
            _open(connection, rule, subject, about, each, routes, now)
    for subject, incident in known.items():
        if subject not in wanted:
            end_incident(connection, incident, over, routes=routes, now=now)


def _open(
    connection: Connection,
    rule: str,
    subject: str,
    about: About,
    found: Found,
    routes: Collection[RouteEntry],
    now: datetime,
) -> None:
    """Somebody else may have been quicker, who has told of it then."""
    values = {
        "rule": rule,
        "subject": subject,
        **about.columns,
        "state": OPEN,
        "severity": found.severity,
        "document": found.document(),
        "opened_at": now,
        "changed_at": now,
    }
    try:
        with connection.begin_nested():
            row = connection.execute(insert(incidents).values(values).returning(*COLUMNS)).one()
    except IntegrityError:
        return
    incident = Incident.of(row)
    notice = incident.notice(f"incident/{incident.id}/opened", OPENED, now)
    announce(connection, notice, incident.names, routes=routes, now=now, incident_id=incident.id)
    if repeat_at := first_repeat(routes, incident.names, now):
        set_repeat(connection, incident.id, repeat_at)


def _refresh(connection: Connection, incident: Incident, found: Found, now: datetime) -> None:
    """The newest window is told on the page; nobody is told anew."""
    told = found.document()
    if (incident.document | told, found.severity) == (incident.document, incident.severity):
        return
    if there := _alone(connection, incident.id):  # somebody may look after it since
        document = there.document | told
        _set(connection, incident, document=document, severity=found.severity, changed_at=now)


def end_incident(
    connection: Connection, incident: Incident, why: str, *, routes: Collection[RouteEntry], now: datetime
) -> None:
    """It is over, and those are told who were told of it."""
    there = _alone(connection, incident.id) or incident
    document = there.document | {"resolved": why[:MOST_TEXT]}
    if not _set(
        connection, incident, state=OVER, document=document, changed_at=now, resolved_at=now, repeat_at=None
    ):
        return
    text = f"{why} It was: {incident.document.get('text', '')}"[:MOST_TEXT]
    notice = incident.notice(f"incident/{incident.id}/resolved", RESOLVED, now, text=text)
    announce(connection, notice, incident.names, routes=routes, now=now, incident_id=incident.id)
    drop_silenced(connection, incident.id)


def acknowledge(connection: Connection, number: int, *, who: str, note: str = "", now: datetime) -> Incident:
    """Somebody looks after it: it is not told again while it lasts.

    Raises:
        ResourceNotFoundError: there is no such incident.
        InvalidRequestError: it is over, or somebody else looks after it.
    """
    incident = _alone(connection, number) or existing(connection, number)
    if incident.state == OVER:
        raise InvalidRequestError(f"alert {number} is over since {incident.resolved_at}")
    by = incident.document.get("acknowledged_by")
    if incident.state == ACKNOWLEDGED and by != who[:256]:
        raise InvalidRequestError(f"{by} looks after alert {number} already")
    said = {"acknowledged_by": who[:256], "acknowledged_at": now.isoformat(), "note": note[:MOST_TEXT]}
    document = incident.document | said
    _set(connection, incident, state=ACKNOWLEDGED, document=document, changed_at=now, repeat_at=None)
    return existing(connection, number)


def existing(connection: Connection, number: int) -> Incident:
    """That incident; ResourceNotFoundError if there is none."""
    incident = find_incident(connection, number)
    if incident is None:
        raise ResourceNotFoundError(f"there is no alert {number}")
    return incident


def _alone(connection: Connection, number: int) -> Incident | None:
    """An incident as it is now; nobody else changes it until the end of the transaction."""
    row = connection.execute(select(*COLUMNS).where(incidents.c.id == number).with_for_update()).first()
    return Incident.of(row) if row else None


def set_repeat(connection: Connection, number: int, at: datetime | None) -> None:
    """When to look again whether it has to be told again."""
    connection.execute(update(incidents).where(incidents.c.id == number).values(repeat_at=at))


def remind_all(connection: Connection, now: datetime) -> None:
    """Routes have changed: when to tell again of what is open is worked out anew."""
    connection.execute(update(incidents).where(incidents.c.state == OPEN).values(repeat_at=now))


def _set(connection: Connection, incident: Incident, **columns: Any) -> bool:
    """Whether it was still in force."""
    where = (incidents.c.id == incident.id, incidents.c.state.in_(IN_FORCE))
    return connection.execute(update(incidents).where(*where).values(columns)).rowcount == 1
