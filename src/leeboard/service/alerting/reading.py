"""What pages, calls and commands read of alerts; each function runs a bounded number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypedDict, Unpack

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from leeboard.service.alerting.incidents import COLUMNS, IN_FORCE, Incident
from leeboard.service.alerting.rulebook import kept_routes, kept_rules, kept_sinks
from leeboard.service.alerting.silences import list_silences
from leeboard.state.alerting_tables import incidents, notices

MOST = 500
"""Rows of one answer."""

__all__ = [
    "DeliveredNotice", "Page", "counts_in_force", "history", "in_force", "kept_routes", "kept_rules",
    "kept_sinks", "list_silences", "notice_counts", "notices_of", "recent_notices",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveredNotice:
    """One notice for one sink, and how far it came.

    Attributes:
        state: waiting, silenced, delivered, given up, or dropped, if it was over before anybody was told.
    """

    id: int
    event: str
    sink: str
    route: str
    incident_id: int | None
    state: str
    n_attempts: int
    document: dict[str, Any]
    last_error: str | None
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        return cls(*tuple(row)[: len(_NOTICE)])


_NOTICE = [notices.c[name] for name in DeliveredNotice.__slots__]


class Given(TypedDict, total=False):
    """What incidents can be chosen by; what is None is not asked for."""

    schedule: str | None
    endpoint: str | None
    severity: str | None
    rule: str | None
    pipeline: str | None
    job: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some incidents, newest first, and the number to give as `before` for the next; None on the last."""

    incidents: list[Incident]
    before: int | None


def in_force(
    connection: Connection,
    *,
    limit: int = MOST,
    **given: Unpack[Given],
) -> list[Incident]:
    """Incidents that are not over: open ones first, the newest of them first."""
    where = _filters(given)
    latest = (incidents.c.opened_at.desc(), incidents.c.id.desc())
    found: list[Incident] = []
    for state in IN_FORCE:  # each by its index; both at once would be sorted as a whole
        query = select(*COLUMNS).where(incidents.c.state == state, *where).order_by(*latest)
        rows = connection.execute(query.limit(min(limit, MOST) - len(found)))
        found += [Incident.of(row) for row in rows]
    return found


def history(
    connection: Connection,
    *,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
    **given: Unpack[Given],
) -> Page:
    """All incidents, in force or over, the newest first.

    Args:
        since, until: of the time at which they opened; the second is not included.
        before: the number of the last incident of the page before.
    """
    where = _filters(given)
    if state is not None:
        where.append(incidents.c.state == state)
    if since is not None:
        where.append(incidents.c.opened_at >= since)
    if until is not None:
        where.append(incidents.c.opened_at < until)
    if before is not None:
        where.append(_behind(before))
    size = max(1, min(limit, MOST))
    order = (incidents.c.opened_at.desc(), incidents.c.id.desc())
    rows = connection.execute(select(*COLUMNS).where(*where).order_by(*order).limit(size + 1)).all()
    found = [Incident.of(row) for row in rows[:size]]
    return Page(found, found[-1].id if len(rows) > size else None)


def _behind(number: int) -> ColumnElement[bool]:
    last = select(incidents.c.opened_at).where(incidents.c.id == number).scalar_subquery()
    earlier = incidents.c.opened_at < last
    return or_(earlier, and_(incidents.c.opened_at == last, incidents.c.id < number))


def _filters(given: Given) -> list[ColumnElement[bool]]:
    named = {"schedule": "schedule_name"}
    return [incidents.c[named.get(name, name)] == value for name, value in given.items() if value is not None]


def counts_in_force(connection: Connection) -> dict[str, int]:
    """How many incidents are open or acknowledged, by severity."""
    query = (
        select(incidents.c.severity, func.count())
        .where(incidents.c.state.in_(IN_FORCE))
        .group_by(incidents.c.severity)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def notices_of(connection: Connection, incident_id: int, *, limit: int = MOST) -> list[DeliveredNotice]:
    """What was told of an incident, oldest first."""
    query = select(*_NOTICE).where(notices.c.incident_id == incident_id).order_by(notices.c.id)
    return [DeliveredNotice.of(row) for row in connection.execute(query.limit(min(limit, MOST)))]


def recent_notices(
    connection: Connection,
    *,
    sink: str | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[DeliveredNotice]:
    """All notices, newest first; `before` is the number of the last one of the page before."""
    where: list[ColumnElement[bool]] = []
    if sink is not None:
        where.append(notices.c.sink == sink)
    if state is not None:
        where.append(notices.c.state == state)
    if before is not None:
        where.append(notices.c.id < before)
    query = select(*_NOTICE).where(*where).order_by(notices.c.id.desc())
    return [DeliveredNotice.of(row) for row in connection.execute(query.limit(max(1, min(limit, MOST))))]


def notice_counts(connection: Connection, sinks: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each sink, how many notices are in which state."""
    query = (
        select(notices.c.sink, notices.c.state, func.count())
        .where(notices.c.sink.in_(list(sinks)[:MOST]))
        .group_by(notices.c.sink, notices.c.state)
    )
    found: dict[str, dict[str, int]] = {name: {} for name in sinks}
    for sink, state, n in connection.execute(query):
        found[sink][state] = n
    return found
