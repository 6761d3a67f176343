"""The numbers of many windows as aligned lists, for charts: one entry a window, None where there is none."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, select

from leeboard.errors import LeeboardError
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.feature_history import NUMBERS, FeatureHistory, feature_histories
from leeboard.service.kept_windows import window_of
from leeboard.service.packed_summaries import pieces_of
from leeboard.state.tables import executions, window_summaries

MEASURES = ("value", "deviation", "low", "high", "baseline", "limit", "is_broken")
BIAS = ("value", "low", "high", "baseline", "is_broken")
ATTRIBUTIONS = ("value", "rank", "baseline", "baseline_rank")
SCORES = ("ndcg", "limit", "relative_change", "is_broken")
MOST_WINDOWS = 2_000
FEW = 16
"""Schedules that are asked about one by one."""
PORTION = 200
"""Documents in memory at a time."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Series:
    """One thing over the windows.

    Attributes:
        latest: what the newest window with it says: a struct with the members of the summary's part.
        numbers: lists by name of the number.
    """

    latest: Any
    numbers: dict[str, list[Any]]

    def __getitem__(self, column: str) -> list[Any]:
        return self.numbers[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Windows, oldest first, and what each says; every list has an entry for each window.

    Attributes:
        windows: executions that have ended, also those without a summary; of several runs for one scheduled
            time of a schedule, the last.
        has_summary: whether there is one.
        measures: by name; bias: by (facet, group, metric); attributions: by (label, feature);
            scores: by label.
    """

    windows: list[Execution]
    has_summary: list[bool]
    n_rows: list[int | None]
    n_malformed: list[int | None]
    n_violations: list[int | None]
    n_requests: list[int | None]
    n_matched: list[int | None]
    n_waiting: list[int | None]
    features: dict[str, FeatureHistory] = field(default_factory=dict)
    measures: dict[str, Series] = field(default_factory=dict)
    bias: dict[tuple[str, str, str], Series] = field(default_factory=dict)
    attributions: dict[tuple[str, str], Series] = field(default_factory=dict)
    scores: dict[str, Series] = field(default_factory=dict)

    @property
    def times(self) -> list[datetime]:
        """When each window began."""
        return [window.window_start_at for window in self.windows]


def windows_of(
    connection: Connection,
    schedule_ids: Sequence[int],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST_WINDOWS,
) -> list[Execution]:
    """The last executions that have ended, by scheduled time, oldest first.

    Args:
        since, until: of the scheduled time; the second is not included.
    """
    ids = list(dict.fromkeys(schedule_ids))
    groups = [[one] for one in ids] if len(ids) <= FEW else [ids]
    found = [row for group in groups for row in _ended(connection, group, since, until, limit)]
    return sorted(found, key=lambda one: (one.scheduled_at, one.id))[-limit:] if limit > 0 else []


def _ended(
    connection: Connection,
    schedule_ids: Sequence[int],
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> list[Execution]:
    """Of a single schedule, an index has them in their order; of several, all have to be sorted."""
    c = executions.c
    where: list[ColumnElement[bool]] = [c.schedule_id.in_(schedule_ids), c.ended_at.is_not(None)]
    where += [c.scheduled_at >= since] if since else []
    where += [c.scheduled_at < until] if until else []
    query = select(*COLUMNS).where(*where).order_by(c.scheduled_at.desc(), c.id.desc()).limit(limit)
    return [Execution.of(row) for row in connection.execute(query)]


def documents_of(connection: Connection, execution_ids: Sequence[int]) -> dict[int, bytes]:
    """The kept documents by execution, still packed."""
    c = window_summaries.c
    found: dict[int, bytes] = {}
    for start in range(0, len(execution_ids), PORTION):
        portion = execution_ids[start : start + PORTION]
        query = select(c.execution_id, c.document).where(c.execution_id.in_(portion))
        found |= {row.execution_id: row.document for row in connection.execute(query)}
    return found


def history(
    connection: Connection,
    schedule_ids: Sequence[int],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST_WINDOWS,
    columns: Sequence[str] = NUMBERS,
) -> History:
    """What the windows of some schedules say; see `windows_of`.

    Args:
        columns: those of features that are wanted: of a thousand features, each costs some milliseconds.
    """
    found = windows_of(connection, schedule_ids, since=since, until=until, limit=limit)
    windows = list({(one.schedule_id, one.scheduled_at): one for one in found}.values())
    kept = documents_of(connection, [one.id for one in windows])
    read = [_read(one, kept.pop(one.id, None)) for one in windows]
    features = feature_histories([pieces for _, pieces in read], columns)
    return _history(windows, [rest for rest, _ in read], features)


def _read(of: Execution, kept: bytes | None) -> tuple[Any, dict[str, bytes]]:
    """What is no column of features, and those as they are kept."""
    if kept is None:
        return None, {}
    try:
        pieces = pieces_of(kept)
        return window_of(pieces), pieces
    except LeeboardError as error:
        _log.warning("the summary of execution %d cannot be read: %s", of.id, error)
        return None, {}


def _history(windows: list[Execution], read: list[Any], features: dict[str, FeatureHistory]) -> History:
    merges = [one.merge if one else None for one in read]
    return History(
        windows=windows,
        has_summary=[one is not None for one in read],
        n_rows=[one.n_rows if one else None for one in read],
        n_malformed=[one.n_malformed if one else None for one in read],
        n_violations=[
            one.n_violations if one else of.n_violations for one, of in zip(read, windows, strict=True)
        ],
        n_requests=[one.n_requests if one else None for one in merges],
        n_matched=[one.n_matched if one else None for one in merges],
        n_waiting=[one.n_waiting if one else None for one in merges],
        features=features,
        measures=_series([one.measures if one else () for one in read], _by_name, MEASURES),
        bias=_series([one.bias if one else () for one in read], _by_group, BIAS),
        attributions=_series([one.attributions if one else () for one in read], _by_feature, ATTRIBUTIONS),
        scores=_series([one.scores if one else () for one in read], _by_label, SCORES),
    )


def _by_name(one: Any) -> str:
    return str(one.name)


def _by_group(one: Any) -> tuple[str, str, str]:
    return one.facet, one.group, one.metric


def _by_feature(one: Any) -> tuple[str, str]:
    return one.label, one.feature


def _by_label(one: Any) -> str:
    return str(one.label)


def _series(
    read: Sequence[Iterable[Any]], key: Callable[[Any], T], columns: tuple[str, ...]
) -> dict[T, Series]:
    found: dict[T, dict[str, list[Any]]] = {}
    latest: dict[T, Any] = {}
    for i, entries in enumerate(read):
        for one in entries:
            name = key(one)
            latest[name] = one
            if (numbers := found.get(name)) is None:
                numbers = found[name] = {column: [None] * len(read) for column in columns}
            for column in columns:
                numbers[column][i] = getattr(one, column)
    return {name: Series(latest[name], numbers) for name, numbers in found.items()}
