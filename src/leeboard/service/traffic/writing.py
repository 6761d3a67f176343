"""Writes what was counted, minutes with their hours: a process that is killed leaves both or none."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from leeboard.service.traffic import kept_hours, minutes
from leeboard.service.traffic.kept_hours import Hour
from leeboard.service.traffic.minutes import Made, Minute
from leeboard.state.database import Database
from leeboard.state.tables import metric_points

_New = tuple[list[Made], list[tuple[Hour, int]]]


class Writer:
    """Writes for one process; one thread at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._in_doubt: _New | None = None

    def write(self, part: Sequence[tuple[minutes.Key, Minute]], hours: Mapping[kept_hours.Key, Hour]) -> None:
        """One transaction.

        Args:
            hours: those of the minutes; of none of them, another minute waits.

        Raises:
            SQLAlchemyError: the database did not take it, or its answer was lost.
        """
        self._settle()
        with self._database.write() as connection:
            points = minutes.write(connection, part)
            rows = kept_hours.write(connection, list(hours.items()))
            self._in_doubt = points, rows
        self._in_doubt = None
        _count(points, rows)
        for _, minute in part:
            minute.is_written = True

    def _settle(self) -> None:
        """What is new is there if the transaction ended well whose answer was lost.

        A file loses no answer, and numbers there may go to others.
        """
        if self._in_doubt is not None and self._in_doubt[0] and not self._database.is_sqlite:
            points = metric_points.c
            first = select(points.id).where(points.id == self._in_doubt[0][0].point)
            with self._database.read() as connection:
                is_there = connection.execute(first).first() is not None
            if is_there:
                _count(*self._in_doubt)
        self._in_doubt = None


def _count(points: Sequence[Made], rows: Sequence[tuple[Hour, int]]) -> None:
    for each in points:
        each.minute.points[each.metric] = each.point
    for hour, number in rows:
        hour.row = number
