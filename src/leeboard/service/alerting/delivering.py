"""Messages on their way to a sink: what goes together, how often it is tried, and what is kept of it."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from leeboard.alerts import SINKS, DeliveryError, Notice, Outside, worst
from leeboard.alerts.document import SinkEntry, settings_of
from leeboard.alerts.posting import post
from leeboard.alerts.secrets import filled
from leeboard.errors import LeeboardError
from leeboard.service.alerting.notifying import DELIVERED, DROPPED, GIVEN_UP, GROUP, WAITING
from leeboard.service.alerting.rulebook import filled_sink
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.alerting_tables import incidents, notices
from leeboard.state.deleting import delete_portion

RETRY_S = (2.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 3600.0)
MOST_ATTEMPTS = len(RETRY_S) + 1
"""Somewhat over two hours in all."""
MOST_TOGETHER = 50
"""Notices in one message; more follow in the next."""
MOST_ERROR = 500


def take(connection: Connection, message: str) -> list[Row[Any]]:
    """The notices that go out next, together; the same ones again if they did not arrive."""
    c = notices.c
    waiting = (c.message == message, c.state == WAITING)
    batch = connection.execute(select(func.min(c.batch)).where(*waiting)).scalar()
    if batch is None:
        most = MOST_TOGETHER if f"/{GROUP}/" in message else 1
        ids = list(connection.execute(select(c.id).where(*waiting).order_by(c.id).limit(most)).scalars())
        if not ids:
            return []
        batch = ids[0]
        connection.execute(update(notices).where(c.id.in_(ids)).values(batch=batch))
    together = select(notices).where(*waiting, c.batch == batch).order_by(c.id)
    return list(connection.execute(together))


def deliver(service: Service, sink: str, notice: Notice, now: datetime) -> None:
    """Hand it over.

    Raises:
        DeliveryError: it did not arrive; the text says why, and holds no secret.
    """
    with service.database.read() as connection:
        entry, is_of_file = filled_sink(connection, service.settings.alerts, sink)
    if entry is None:
        raise DeliveryError(
            f"there is no sink {sink!r} any more, or this server was started without its file"
        )
    hand_over(entry, linked(notice, service.settings), now, service.settings, is_trusted=is_of_file)


def hand_over(
    entry: SinkEntry, notice: Notice, now: datetime, settings: Settings, *, is_trusted: bool
) -> None:
    """By the sink's own way out; DeliveryError if it did not arrive."""
    kind = SINKS.get(entry.kind)
    if kind.is_file_only and not is_trusted:
        raise DeliveryError(f"a sink of kind {kind.name} works from the server's own file alone")
    values = filled(entry.settings, os.environ, is_trusted=is_trusted)
    outside = Outside(post, now, settings.region, settings.account)
    try:
        kind.deliver(notice, settings_of(entry, values), outside)
    except LeeboardError as error:  # an extra that is missing
        raise DeliveryError(str(error)) from None


def linked(notice: Notice, settings: Settings) -> Notice:
    """With URLs instead of paths, where it is known how people reach this server."""
    base = (settings.alerts.url or settings.public_url or _own_url(settings) or "").rstrip("/")
    return _with(
        notice,
        links={name: base + path for name, path in notice.links.items()},
        parts=tuple(linked(part, settings) for part in notice.parts),
    )


def _own_url(settings: Settings) -> str | None:
    try:
        told = json.loads((settings.home / "server.json").read_bytes())
        return str(told["url"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _with(notice: Notice, **changed: Any) -> Notice:
    return Notice(**{name: getattr(notice, name) for name in Notice.__slots__} | changed)


def together(rows: Sequence[Row[Any]]) -> Notice:
    """One notice for all of a message."""
    parts = tuple(Notice.of(row.document) for row in rows)
    if len(parts) == 1:
        return parts[0]
    n_over = sum(part.kind == "resolved" for part in parts)
    title = f"{len(parts)} notices" + (f", {n_over} of them resolved" if n_over else "")
    same: dict[str, Any] = {
        name: values.pop() if len(values := {getattr(part, name) for part in parts}) == 1 else None
        for name in ("rule", "schedule", "endpoint", "monitor", "pipeline", "job")
    }
    return Notice(
        event=f"batch/{rows[0].batch}", kind="resolved" if n_over == len(parts) else parts[0].kind,
        severity=worst(part.severity for part in parts),
        title=f"{_about(same)}: {title}",
        text="\n".join(f"- {part.title}. {part.text}" for part in parts),
        at=max(part.at for part in parts), links={"alerts": "/dashboard/alerts"}, parts=parts, **same,
    )  # fmt: skip


def _about(same: dict[str, Any]) -> str:
    names = ("endpoint", "schedule", "pipeline", "job")
    return next((same[name] for name in names if same[name]), "leeboard")


def arrived(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    """They were taken."""
    _set(connection, rows, state=DELIVERED, delivered_at=now, last_error=None)


def wait_after(rows: Sequence[Row[Any]]) -> float | None:
    """Seconds from an attempt that fails now to the next one; None if it was the last."""
    n_attempts = max(row.n_attempts for row in rows) + 1
    return RETRY_S[n_attempts - 1] if n_attempts < MOST_ATTEMPTS else None


def failed(connection: Connection, rows: Sequence[Row[Any]], error: str, *, is_last: bool) -> None:
    """They did not arrive."""
    _set(connection, rows, state=GIVEN_UP if is_last else WAITING, last_error=error[:MOST_ERROR])


def give_up_all(connection: Connection, message: str, error: str) -> None:
    """No more attempts for what waits."""
    waiting = (notices.c.message == message, notices.c.state == WAITING)
    connection.execute(update(notices).where(*waiting).values(state=GIVEN_UP, last_error=error[:MOST_ERROR]))


def has_more(connection: Connection, message: str) -> bool:
    """Whether notices came meanwhile that wait for the next message."""
    waiting = (notices.c.message == message, notices.c.state == WAITING)
    return connection.execute(select(notices.c.id).where(*waiting).limit(1)).first() is not None


def _set(connection: Connection, rows: Sequence[Row[Any]], **columns: Any) -> None:
    where = (notices.c.id.in_([row.id for row in rows]), notices.c.state == WAITING)
    attempts = {"n_attempts": notices.c.n_attempts + 1}
    connection.execute(update(notices).where(*where).values(columns | attempts))


def prune(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget older notices that wait for nothing, so many at most; gives how many: call it until that is 0.

    Those of alerts in force stay: by them it is known who has to be told of the end.
    """
    c = notices.c
    in_force = select(incidents.c.id).where(incidents.c.state != "resolved")
    over = (c.created_at < before, c.state.in_((DELIVERED, GIVEN_UP, DROPPED)))
    is_told = or_(c.incident_id.is_(None), c.incident_id.not_in(in_force))
    return delete_portion(connection, c.id, *over, is_told, limit=limit, first=c.created_at)
