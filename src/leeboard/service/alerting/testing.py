"""Test notices: whether a sink can be reached, told plainly and at once."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import uuid4

from sqlalchemy import insert

from leeboard.alerts import TEST, DeliveryError, Notice
from leeboard.service.alerting.delivering import MOST_ERROR, deliver
from leeboard.service.alerting.notifying import DELIVERED, GIVEN_UP
from leeboard.service.alerting.rulebook import filled_sink, kept_sinks
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.service import Service
from leeboard.state.alerting_tables import notices

LINKS = MappingProxyType({"alerts": "/dashboard/alerts"})


def trial_notice(
    event: str, now: datetime, *, who: str = "somebody", links: Mapping[str, str] = LINKS
) -> Notice:
    """What a test says."""
    return Notice(
        event=event, kind=TEST, severity="info", title="leeboard: a test", at=now,
        text=f"A test that {who} asked for. Nothing is wrong: alerts of leeboard arrive here.",
        links=links,
    )  # fmt: skip


def try_sink(service: Service, sink: str, *, now: datetime, who: str = "somebody") -> str | None:
    """Send a test notice at once; gives why it did not arrive, None if it did. It is kept among the notices.

    Raises:
        ResourceNotFoundError: there is no such sink.
    """
    with service.database.read() as connection:
        entry, _ = filled_sink(connection, service.settings.alerts, sink)
        known = ", ".join(each.name for each in kept_sinks(connection)) or "none"
    if entry is None:
        raise ResourceNotFoundError(f"there is no sink {sink!r}; known: {known}")
    notice, error = trial_notice(f"test/{uuid4()}", now, who=who), None
    try:
        deliver(service, sink, notice, now)
    except DeliveryError as failure:
        error = str(failure)[:MOST_ERROR]
    _keep(service, sink, notice, error, now)
    return error


def _keep(service: Service, sink: str, notice: Notice, error: str | None, now: datetime) -> None:
    values = {
        "event": notice.event, "sink": sink, "route": "", "message": f"{sink}/{notice.event}"[:128],
        "state": GIVEN_UP if error else DELIVERED, "n_attempts": 1, "document": notice.document(),
        "last_error": error, "created_at": now, "due_at": now, "delivered_at": None if error else now,
    }  # fmt: skip
    with service.database.write() as connection:
        connection.execute(insert(notices).values(values))
