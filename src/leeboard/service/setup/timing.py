"""When a schedule runs, and which window each run reads, changed as an update of the API changes it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service import scheduling
from leeboard.service.changing import changing
from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.monitored import SOURCES
from leeboard.service.service import Service
from leeboard.service.setup.replacing import replace_in, replacement


def change_timing(
    service: Service,
    name: str,
    expression: str,
    *,
    start: str,
    end: str,
    now: datetime,
    beside: Callable[[Connection, dict[str, Any]], None] = lambda connection, changed: None,
) -> dict[str, Any]:
    """Change the expression and the offsets; gives what was changed, by name.

    Args:
        start, end: offsets of the window; "" for the period before the scheduled time.
        beside: what else is written in the transaction, if anything is changed.

    Raises:
        RefusalError: as the API would refuse it.
    """
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, name)
        monitor = scheduling.monitor_of(connection, schedule)
    if monitor is None:
        raise InvalidRequestError(f"the definition {schedule.definition} of {name} was deleted")
    config = schedule.document["MonitoringScheduleConfig"].get("ScheduleConfig", {})
    told = {} if config.get("ScheduleExpression") == expression else {"ScheduleExpression": expression}
    wanted = {"StartTimeOffset": start, "EndTimeOffset": end}
    moved = {key: text for key, text in wanted.items() if (monitor.source.get(key) or "") != text}
    kind = schedule.monitoring_type or INLINE_TYPE

    def with_offsets(document: dict[str, Any]) -> dict[str, Any]:
        source = _source(document, kind)
        for key, text in moved.items():
            source.pop(key, None)
            if text:
                source[key] = text
        return document

    changed = told | moved
    if changed:
        asked = replacement(service, schedule, with_offsets if moved else None, told, now)
        with changing(service) as connection:
            replace_in(connection, service, asked, now)
            beside(connection, changed)
    return changed


def _source(document: dict[str, Any], kind: str) -> dict[str, Any]:
    """The watched input of a definition of either form."""
    inputs = document.get(f"{kind}JobInput") or document["MonitoringInputs"][0]
    found: dict[str, Any] = next(inputs[name] for name in SOURCES if inputs.get(name) is not None)
    return found
