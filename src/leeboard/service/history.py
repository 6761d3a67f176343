"""The numbers of many windows as aligned lists, for charts: one entry a window, None where there is none."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, select
from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError

from leeboard.service.executions import COLUMNS, Execution
from leeboard.state.tables import executions, window_summaries

NUMBERS = (
    "distance", "limit", "use", "completeness", "n_violations", "is_drifted", "mean", "std_dev", "n_distinct",
    "minimum", "maximum",
)  # fmt: skip
"""Columns of features that a history has."""
MOST_WINDOWS = 2_000
PORTION = 200
"""Documents in memory at a time."""

_log = logging.getLogger(__name__)
T = TypeVar("T")
Numbers = list[float | None]


class _Features(msgspec.Struct, gc=False):
    name: list[str] = []
    type: list[str | None] = []
    distance: Numbers = []
    limit: Numbers = []
    use: Numbers = []
    completeness: Numbers = []
    n_violations: list[int | None] = []
    is_drifted: list[bool | None] = []
    mean: Numbers = []
    std_dev: Numbers = []
    n_distinct: Numbers = []
    minimum: Numbers = []
    maximum: Numbers = []


class _Measure(msgspec.Struct, gc=False):
    name: str
    value: float | None = None
    deviation: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    limit: float | None = None
    operator: str | None = None
    is_broken: bool = False


class _Bias(msgspec.Struct, gc=False):
    facet: str
    group: str
    metric: str
    stage: str
    title: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    neutral: float = 0.0
    is_broken: bool = False


class _Attribution(msgspec.Struct, gc=False):
    label: str
    feature: str
    value: float | None = None
    rank: int | None = None
    baseline: float | None = None
    baseline_rank: int | None = None


class _Score(msgspec.Struct, gc=False):
    label: str
    ndcg: float | None = None
    limit: float | None = None
    relative_change: float | None = None
    is_broken: bool = False


class _Merge(msgspec.Struct, gc=False):
    n_requests: int | None = None
    n_matched: int | None = None
    n_waiting: int | None = None


class _Window(msgspec.Struct, gc=False):
    n_rows: int | None = None
    n_malformed: int = 0
    n_violations: int = 0
    features: _Features = msgspec.field(default_factory=_Features)
    measures: list[_Measure] = []
    bias: list[_Bias] = []
    attributions: list[_Attribution] = []
    scores: list[_Score] = []
    merge: _Merge | None = None


@dataclass(frozen=True, slots=True)
class FeatureHistory:
    """One feature over the windows; `numbers` by the names in `NUMBERS`."""

    name: str
    type: str | None
    numbers: dict[str, list[Any]]

    def __getitem__(self, column: str) -> list[Any]:
        return self.numbers[column]


@dataclass(frozen=True, slots=True)
class Series:
    """One thing over the windows.

    Attributes:
        latest: what the newest window with it says: a struct with the fields of the summary's part.
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


def packed(document: bytes) -> bytes:
    """As the table keeps it."""
    return ZstdCompressor(level=3).compress(document)


def unpacked(kept: bytes) -> bytes:
    return ZstdDecompressor().decompress(kept)


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
    c = executions.c
    where: list[ColumnElement[bool]] = [c.schedule_id.in_(schedule_ids), c.ended_at.is_not(None)]
    where += [c.scheduled_at >= since] if since else []
    where += [c.scheduled_at < until] if until else []
    query = select(*COLUMNS).where(*where).order_by(c.scheduled_at.desc(), c.id.desc()).limit(limit)
    return [Execution.of(row) for row in connection.execute(query)][::-1]


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
) -> History:
    """What the windows of some schedules say; see `windows_of`."""
    found = windows_of(connection, schedule_ids, since=since, until=until, limit=limit)
    windows = list({(one.schedule_id, one.scheduled_at): one for one in found}.values())
    kept = documents_of(connection, [one.id for one in windows])
    decoder = msgspec.json.Decoder(_Window)
    read = [_read(decoder, one, kept.pop(one.id, None)) for one in windows]
    return _history(windows, read)


def _read(decoder: "msgspec.json.Decoder[_Window]", of: Execution, kept: bytes | None) -> _Window | None:
    if kept is None:
        return None
    try:
        return decoder.decode(unpacked(kept))
    except (msgspec.MsgspecError, ZstdError, UnicodeError) as error:
        _log.warning("the summary of execution %d cannot be read: %s", of.id, error)
        return None


def _history(windows: list[Execution], read: list[_Window | None]) -> History:
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
        features=_features([one.features if one else _Features() for one in read]),
        measures=_series(
            [one.measures if one else () for one in read],
            lambda one: one.name,
            ("value", "deviation", "low", "high", "baseline", "limit", "is_broken"),
        ),
        bias=_series(
            [one.bias if one else () for one in read],
            lambda one: (one.facet, one.group, one.metric),
            ("value", "low", "high", "baseline", "is_broken"),
        ),
        attributions=_series(
            [one.attributions if one else () for one in read],
            lambda one: (one.label, one.feature),
            ("value", "rank", "baseline", "baseline_rank"),
        ),
        scores=_series(
            [one.scores if one else () for one in read],
            lambda one: one.label,
            ("ndcg", "limit", "relative_change", "is_broken"),
        ),
    )


def _features(read: list[_Features]) -> dict[str, FeatureHistory]:
    """Windows usually have the same features: then each column is turned as a whole."""
    names = list(dict.fromkeys(name for one in reversed(read) for name in one.name))
    places = [_places(one.name, names) for one in read]
    numbers: list[dict[str, list[Any]]] = [{} for _ in names]
    for column in NUMBERS:
        rows = (_aligned(getattr(one, column), at, len(names)) for one, at in zip(read, places, strict=True))
        for of, values in zip(numbers, zip(*rows, strict=True), strict=True):
            of[column] = list(values)
    types = _latest_types(read)
    return {name: FeatureHistory(name, types.get(name), numbers[i]) for i, name in enumerate(names)}


def _places(own: list[str], names: list[str]) -> list[int] | None:
    """Where each name stands in the window, -1 for nowhere; None if they are the same."""
    if own == names:
        return None
    at = {name: i for i, name in enumerate(own)}
    return [at.get(name, -1) for name in names]


def _aligned(values: list[Any], places: list[int] | None, n: int) -> list[Any]:
    if not values:
        return [None] * n
    if places is None:
        return values
    padded = [*values, None]
    return [padded[i] for i in places]


def _latest_types(read: list[_Features]) -> dict[str, str | None]:
    types: dict[str, str | None] = {}
    for one in read:
        types |= {name: kind for name, kind in zip(one.name, one.type, strict=False) if kind}
    return types


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
