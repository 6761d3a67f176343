"""What schedules watch, many at a time."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from leeboard.errors import LeeboardError
from leeboard.service.arns import DEFINITIONS, SCHEDULE
from leeboard.service.monitor import Monitor
from leeboard.state.tables import resources

SCHEDULES = resources.alias("schedule")


def monitors(connection: Connection, *where: ColumnElement[bool]) -> dict[int, Monitor | None]:
    """What each schedule monitors, by its number, in one query; None if its definition was deleted.

    Args:
        where: conditions on `SCHEDULES`.
    """
    schedule, definition = SCHEDULES.c, resources.alias("definition")
    kind = case(DEFINITIONS, value=schedule.monitoring_type)
    named = (definition.c.kind == kind) & (definition.c.key == func.lower(schedule.definition))
    query = (
        select(schedule.id, schedule.monitoring_type, schedule.document, definition.c.document)
        .select_from(SCHEDULES.outerjoin(definition, named))
        .where(schedule.kind == SCHEDULE, *where)
    )
    return {number: _monitor(*rest) for number, *rest in connection.execute(query)}


def _monitor(
    monitoring_type: str, document: dict[str, Any], definition: dict[str, Any] | None
) -> Monitor | None:
    """One that cannot be read, say of another version, watches nothing that could be told."""
    inline = document["MonitoringScheduleConfig"].get("MonitoringJobDefinition")
    try:
        if inline:
            return Monitor.of_inline(inline)
        return Monitor.of_definition(definition, monitoring_type) if definition else None
    except (KeyError, IndexError, LeeboardError):
        return None
