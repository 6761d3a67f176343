"""Points that are on their way to other metric stores: which they are, as text of the queue."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import ColumnElement, Connection, func, or_, select

from leeboard.emit import Point
from leeboard.service.metrics import dimensions_of
from leeboard.service.queue import put
from leeboard.state.tables import metric_points, metric_series

EMISSION = "emission"
POINTS = "points"
MOST_TEXT = 200
"""The queue's column holds not much more."""
FACT = "emitted"
"""Of the job of an own container, where its last numbers are looked for: ranges of its points."""
MOST_TEXTS = 5
MOST_READ = 10_000
"""Points of one window, for their means."""
MOST_POINTS = 500
"""In one piece of work, which is sent as one request, so that one that fails repeats none that arrived."""


def hand_over(connection: Connection, numbers: Iterable[int], *, now: datetime) -> None:
    """Put points into the queue for whoever emits."""
    for text in written(numbers):
        put(connection, EMISSION, f"{POINTS}/{text}", ready_at=now)


def fact_of(numbers: Iterable[int]) -> list[str]:
    """Points as they are kept with the job that wrote them: those of the first ranges, if they are many."""
    return list(islice(written(numbers), MOST_TEXTS))


def written(numbers: Iterable[int]) -> Iterator[str]:
    """Numbers as ranges such as `3-7,12-12`, in as many texts as it takes."""
    gathered = ""
    for first, last in _runs(numbers):
        text = f"{first}-{last}"
        if gathered and len(gathered) + len(text) >= MOST_TEXT:
            yield gathered
            gathered = ""
        gathered += f",{text}" if gathered else text
    if gathered:
        yield gathered


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """What follows one upon another, together: numbers that do differ from their places by the same."""
    for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def ranges(text: str) -> list[tuple[int, int]]:
    """The ranges again."""
    pairs = (part.partition("-") for part in text.split(","))
    return [(int(first), int(last)) for first, _, last in pairs]


def portions(text: str) -> Iterator[str]:
    """The same numbers in texts of at most `MOST_POINTS` each."""
    held: list[tuple[int, int]] = []
    n = 0
    for first, last in ranges(text):
        at = first
        while at <= last:
            end = min(last, at + MOST_POINTS - n - 1)
            held.append((at, end))
            n += end - at + 1
            at = end + 1
            if n == MOST_POINTS:
                yield _text(held)
                held, n = [], 0
    if held:
        yield _text(held)


def _text(pairs: Iterable[tuple[int, int]]) -> str:
    return ",".join(f"{first}-{last}" for first, last in pairs)


def points_of(connection: Connection, text: str) -> list[Point]:
    """The points that are still kept."""
    number = metric_points.c.id
    series = (metric_series.c.namespace, metric_series.c.name, metric_series.c.dimensions)
    joined = metric_points.join(metric_series, metric_series.c.id == metric_points.c.series_id)
    query = select(metric_points, *series).select_from(joined).where(_within([text])).order_by(number)
    return [
        Point(
            row.namespace,
            row.name,
            tuple((each["Name"], each["Value"]) for each in dimensions_of(row.dimensions)),
            row.at,
            row.sample_count,
            row.sum,
            row.minimum,
            row.maximum,
            row.unit,
        )
        for row in connection.execute(query)
    ]


def means_of(
    connection: Connection, texts: Sequence[str], *, limit: int
) -> tuple[list[tuple[str, float]], int]:
    """The mean of each name's points that are still kept, over all dimensions and times; the first names, and
    how many there are.
    """
    name, points = metric_series.c.name, metric_points.c
    joined = metric_points.join(metric_series, metric_series.c.id == points.series_id)
    query = select(name, points.sum, points.sample_count).select_from(joined).where(_within(texts))
    rows = connection.execute(query.order_by(name).limit(MOST_READ)).all()
    found: dict[str, tuple[float, float]] = {}
    for row in rows:  # here, as PostgreSQL refuses sums that are infinite
        total, n = found.get(row.name, (0.0, 0.0))
        found[row.name] = total + row.sum, n + row.sample_count
    means = [(each, total / n) for each, (total, n) in found.items()]
    if len(rows) < MOST_READ:
        return means[:limit], len(means)
    count = select(func.count(name.distinct())).select_from(joined).where(_within(texts))
    return means[:limit], connection.execute(count).scalar_one()


def _within(texts: Sequence[str]) -> ColumnElement[bool]:
    pairs = (pair for text in texts for pair in ranges(text))
    return or_(*(metric_points.c.id.between(first, last) for first, last in pairs))
