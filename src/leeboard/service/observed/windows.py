"""The last window of each schedule as series; what has not changed since is not read again."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Row, select

from leeboard.errors import FormatError
from leeboard.service.arns import SCHEDULE
from leeboard.service.kept_windows import column_of, window_of
from leeboard.service.observed import families
from leeboard.service.observed.exposition import Family, Room, Series
from leeboard.service.observed.schedules import Scheduled
from leeboard.service.packed_summaries import NAME, pieces_of
from leeboard.state.tables import resources, window_summaries

PORTION = 500
STATISTICS = ("mean", "std_dev", "minimum", "maximum")
FEATURES = {families.DRIFT: "distance", families.DRIFT_LIMIT: "limit", families.COMPLETENESS: "completeness"}
COLUMNS = ("is_drifted", *FEATURES.values(), *STATISTICS)

_log = logging.getLogger(__name__)


class Windows:
    """Series of the last windows, kept from one time to the next; of each family about `most`."""

    def __init__(self, most: int) -> None:
        self._room = Room(most)
        self._kept: dict[int, tuple[int, tuple[str, str], Series]] = {}

    def look(self, connection: Connection, schedules: Sequence[Scheduled]) -> list[Series]:
        """The series of each schedule that has a window with a summary."""
        last = _last(connection)
        wanted = [each for each in schedules if each.id in last]
        stale = {each.id: each for each in wanted if not self._has(each, last[each.id])}
        found = _documents(connection, [last[number] for number in stale])
        known = {each.id for each in wanted}
        for number in [kept for kept in self._kept if kept in stale or kept not in known]:
            self._room.leave(self._kept.pop(number)[2])
        for number, each in stale.items():
            if row := found.get(last[number]):
                labels = (each.endpoint, each.name)
                series = Series(self._room)
                _fill(series, labels, row.document, row.scheduled_at)
                self._kept[number] = (last[number], labels, series)
        return [self._kept[each.id][2] for each in wanted if each.id in self._kept]

    def _has(self, schedule: Scheduled, execution_id: int) -> bool:
        kept = self._kept.get(schedule.id)
        return kept is not None and kept[:2] == (execution_id, (schedule.endpoint, schedule.name))


def _last(connection: Connection) -> dict[int, int]:
    """The execution of the last summary by schedule; the index has all of it."""
    last = (
        select(window_summaries.c.execution_id)
        .where(window_summaries.c.schedule_id == resources.c.id)
        .order_by(window_summaries.c.scheduled_at.desc(), window_summaries.c.execution_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(resources.c.id, last.label("execution_id")).where(resources.c.kind == SCHEDULE)
    return {row.id: row.execution_id for row in connection.execute(query) if row.execution_id is not None}


def _documents(connection: Connection, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    """Summaries by their execution."""
    found: dict[int, Row[Any]] = {}
    for at in range(0, len(numbers), PORTION):
        part = window_summaries.c.execution_id.in_(numbers[at : at + PORTION])
        found |= {row.execution_id: row for row in connection.execute(select(window_summaries).where(part))}
    return found


def _fill(series: Series, schedule: tuple[str, str], document: bytes, scheduled_at: datetime) -> None:
    """One that cannot be read, say of another version, tells when it was, and no more."""
    series.add(families.WINDOW_AT, schedule, scheduled_at.timestamp())
    try:
        pieces = pieces_of(document)
        window, names = window_of(pieces), column_of(pieces, NAME)
        columns = {name: column_of(pieces, name) for name in COLUMNS}
    except FormatError as error:
        _log.warning("the summary of a window of %s cannot be read: %s", schedule[1], error)
        return
    series.add(families.WINDOW_ROWS, schedule, window.n_rows)
    series.add(families.WINDOW_MALFORMED, schedule, window.n_malformed)
    _add_features(series, schedule, names, columns)
    for measure in window.measures:
        about = (*schedule, measure.name)
        series.add(families.QUALITY, about, measure.value, is_urgent=measure.is_broken)
        series.add(families.QUALITY_LIMIT, about, measure.limit, is_urgent=measure.is_broken)
    for bias in window.bias:
        group = (*schedule, bias.facet, bias.group, bias.stage, bias.metric)
        series.add(families.BIAS_VALUE, group, bias.value, is_urgent=bias.is_broken)
    for one in window.attributions:
        series.add(families.ATTRIBUTION, (*schedule, one.label, one.feature), one.value)
    for score in window.scores:
        series.add(families.NDCG, (*schedule, score.label), score.ndcg, is_urgent=score.is_broken)
        series.add(families.NDCG_LIMIT, (*schedule, score.label), score.limit, is_urgent=score.is_broken)


def _add_features(
    series: Series, schedule: tuple[str, str], names: Sequence[str], columns: Mapping[str, Sequence[Any]]
) -> None:
    drifted = columns["is_drifted"]
    for family, column in FEATURES.items():
        _add_column(series, family, schedule, (names, columns[column], drifted))
    for statistic in STATISTICS:
        _add_column(series, families.DATA, schedule, (names, columns[statistic], ()), statistic)
    if drifted:
        n_drifted = sum(map(bool, drifted))
        series.add(families.WINDOW_DRIFTED, schedule, n_drifted, is_urgent=n_drifted > 0)


def _add_column(
    series: Series,
    family: Family,
    schedule: tuple[str, str],
    columns: tuple[Sequence[str], Sequence[Any], Sequence[Any]],
    *more: str,
) -> None:
    """Names, values, and which have drifted; where no calm one has room, only those are looked at."""
    names, values, drifted = columns
    if not series.has_room(family) and not any(drifted):
        series.n_left_out[family] += sum(value is not None for value in values)
        return
    for name, value, is_drifted in zip_longest(names, values, drifted):
        series.add(family, (*schedule, name or "", *more), value, is_urgent=bool(is_drifted))
