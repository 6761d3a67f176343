"""What went in one portion, and how a table is gone through in portions."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, literal, select, tuple_

from leeboard.service.jobs import ENDED
from leeboard.state.columns import EPOCH
from leeboard.state.tables import resources, tags

Counts = Counter[str]
"""Rows by what they are to people."""
PORTION = 500
"""Things of one transaction: others have to write, too."""
Place = tuple[datetime, int]
"""A time and the number of a row: where a portion ended, which is where the next one begins."""
BEGIN: Place = (EPOCH, 0)
SKEW = timedelta(minutes=15)
"""By which the clock of a store may differ: files that are younger than what made them are not ours."""


def behind(table: Table, column: str, place: Place) -> ColumnElement[bool]:
    """Rows that come after a place in the order of a time and their numbers."""
    at, number = table.c[column], table.c.id
    return tuple_(at, number) > tuple_(literal(place[0], at.type), literal(place[1], number.type))


def remove_ended(connection: Connection, *where: ColumnElement[bool]) -> int:
    """Remove jobs that have ended, with their tags, but for those that somebody else has at the moment.

    The status is looked at here: asked for it, a database may think that few jobs have ended, and read all.
    """
    c = resources.c
    chosen = select(c.id, c.arn, c.status).where(*where).order_by(c.id).with_for_update(skip_locked=True)
    gone = [row for row in connection.execute(chosen) if row.status in ENDED]
    if gone:
        connection.execute(delete(tags).where(tags.c.arn.in_([row.arn for row in gone])))
        connection.execute(delete(resources).where(c.id.in_([row.id for row in gone])))
    return len(gone)


def told(**numbers: Any) -> Counts:
    """Without zeros, with blanks for underscores."""
    return Counter({name.replace("_", " "): n for name, n in numbers.items() if n})
