"""Which hours around a window have captured files and labels: why a run found nothing, at a glance."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from leeboard.errors import LeeboardError
from leeboard.service import scheduling
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.service.views.variants import captured_places
from leeboard.storage import StoredObject, folder_names, join, list_objects, read_range
from leeboard.storage.layout import HOUR, hour_in, hour_of

REACH = timedelta(hours=12)
MOST_FILES = 2_000
"""Of one folder of a day."""
MOST_VARIANTS = 20
MOST_COUNTED, MOST_COUNTED_BYTES = 40, 16 << 20
"""Files whose records are counted; of more, the files themselves are."""


@dataclass(frozen=True, slots=True)
class HourFound:
    """One hour.

    Attributes:
        n_records: captured; None where that would take too long to count.
        n_labels: files of labels; None where there are none to be had.
        is_window: whether the run asked for it.
    """

    hour: datetime
    n_files: int
    n_records: int | None
    n_labels: int | None
    is_window: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The hours before, in and after a window.

    Attributes:
        places: prefixes of captured files that were looked at; `labels` is that of labels.
        n_since_start: requests that this server captured of the endpoint since it started.
    """

    hours: tuple[HourFound, ...]
    places: tuple[str, ...]
    labels: str | None
    n_since_start: int

    @property
    def last_before(self) -> datetime | None:
        """The last hour before the window that has captured files."""
        first = next((one.hour for one in self.hours if one.is_window), None)
        return max((o.hour for o in self.hours if o.n_files and first and o.hour < first), default=None)


def hours_around(service: Service, execution: Execution, schedule: Resource | None) -> Around | None:
    """What is stored for the hours around a window; None if it is of no endpoint, or cannot be known."""
    if schedule is None or execution.endpoint is None:
        return None
    with service.database.read() as connection:
        places = captured_places(connection, execution.endpoint)
        monitor = scheduling.monitor_of(connection, schedule)
    try:
        return _around(service, execution, places, _labels(monitor))
    except LeeboardError:
        return None


def _labels(monitor: Monitor | None) -> str | None:
    return monitor.labels_uri if monitor and monitor.merges else None


def _around(service: Service, execution: Execution, places: list[str], labels: str | None) -> Around:
    first = hour_of(execution.window_start_at - REACH)
    last = hour_of(max(execution.window_end_at, execution.window_start_at) + REACH)
    days = sorted({f"{hour:%Y/%m/%d}" for hour in _hours(first, last)})
    files = [one for place in places for one in _captured(place, days) if first <= one[0] < last]
    n_files, n_records = Counter(hour for hour, _ in files), _records(files)
    labelled = Counter(hour for hour, _ in _found(join(labels, day) for day in days)) if labels else None
    captured = sum(each.captured for each in service.capture.counts() if each.endpoint == execution.endpoint)
    hours = (
        HourFound(
            hour,
            n_files[hour],
            None if n_records is None else n_records[hour],
            None if labelled is None else labelled[hour],
            hour + HOUR > execution.window_start_at and hour < execution.window_end_at,
        )
        for hour in _hours(first, last)
    )
    return Around(tuple(hours), tuple(places), labels, captured)


def _captured(place: str, days: list[str]) -> Iterator[tuple[datetime, StoredObject]]:
    for variant in folder_names(place)[:MOST_VARIANTS]:
        yield from _found(join(place, variant, day) for day in days)


def _records(files: list[tuple[datetime, StoredObject]]) -> Counter[datetime] | None:
    """One record is one line; None if there is too much to read."""
    size = sum(stored.size_bytes for _, stored in files)
    if len(files) > MOST_COUNTED or size > MOST_COUNTED_BYTES:
        return None
    found: Counter[datetime] = Counter()
    for hour, stored in files:
        found[hour] += read_range(stored.uri, 0, stored.size_bytes).count(b"\n")
    return found


def _hours(first: datetime, last: datetime) -> Iterator[datetime]:
    while first < last:
        yield first
        first += HOUR


def _found(folders: Iterable[str]) -> Iterator[tuple[datetime, StoredObject]]:
    for folder in folders:
        for stored in islice(list_objects(folder, missing_ok=True), MOST_FILES):
            if (hour := hour_in(stored.uri)) is not None:
                yield hour, stored
