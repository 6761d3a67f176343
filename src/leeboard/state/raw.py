"""Many rows as the driver gives them, for those who know most of them from before."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select

from leeboard.state.columns import EPOCH, MICROSECOND


def raw_rows(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Times are microseconds since 1970, documents are text."""
    with connection.execute(query) as result:
        cursor = result.cursor
        return [] if cursor is None else list(cursor.fetchall())


def instant_of(microseconds: int | None) -> datetime | None:
    """A time as `Instant` gives it."""
    return None if microseconds is None else EPOCH + microseconds * MICROSECOND
