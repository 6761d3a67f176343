"""The latest captured data of an endpoint or of batches: which hours have files, and a few records."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from leeboard.errors import LeeboardError
from leeboard.service.endpoints import capture_folders
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.service.views.captured_records import Cells, records_in
from leeboard.storage import StoredObject, folder_names, join, list_objects
from leeboard.storage.layout import hour_in

N_HOURS = 24
N_DAYS = 2
"""That have files, of each variant."""
MOST_VARIANTS = 20
MOST_FILES = 2_000
"""Of one folder of a day."""
Hours = tuple[tuple[datetime, int, int], ...]


@dataclass(frozen=True, slots=True)
class CapturedData:
    """The latest captured data of an endpoint or of batches.

    Attributes:
        hours: the latest hours that have something, newest first: hour, files, bytes.
        columns: what the cells of a record are called, "" for those without a name.
        records: cells of a few records, the input's.
        answers: what the model answered to each.
        content_type: of the requests.
        model: the name of a model that answers.
        reason: why nothing can be shown.
    """

    hours: Hours = ()
    columns: Cells = ()
    records: tuple[Cells, ...] = ()
    answers: Cells = ()
    content_type: str = ""
    model: str = ""
    reason: str = ""


def data_of_endpoint(service: Service, endpoint: Resource) -> CapturedData:
    """Its latest hours, and the first records of its last file."""
    service.capture.flush(endpoint.name)
    model = next((one["model"] for one in endpoint.facts.get("variants", [])), "")
    roots = capture_folders(endpoint)
    try:
        variants = (join(root, name) for root in roots for name in folder_names(root)[:MOST_VARIANTS])
        files = _files(variants)
        if not files:
            return CapturedData(model=model, reason=_nothing(roots))
        told = records_in(max(files)[1])
        return CapturedData(_hours(files), told.columns, told.records, told.answers, told.content_type, model)
    except LeeboardError as error:
        return CapturedData(model=model, reason=str(error))


def data_of_batches(place: str) -> CapturedData:
    """The latest hours of a prefix, "" for none; what lies there are lists of files, and no records."""
    roots = [place] if place else []
    try:
        files = _files(join(root, side) for root in roots for side in ("input", "output"))
    except LeeboardError as error:
        return CapturedData(reason=str(error))
    return CapturedData(hours=_hours(files), reason="" if files else _nothing(roots))


def _nothing(roots: Sequence[str]) -> str:
    return f"nothing is captured yet below {' or '.join(roots) or 'any place'}"


def _files(folders: Iterable[str]) -> list[tuple[datetime, str, int]]:
    """Hour, URI and size of those of the latest days."""
    return [
        (hour, stored.uri, stored.size_bytes)
        for folder in folders
        for stored in _latest(folder)
        if (hour := hour_in(stored.uri)) is not None
    ]


def _latest(folder: str) -> Iterator[StoredObject]:
    for day in islice(_days(folder), N_DAYS):
        yield from islice(list_objects(day, missing_ok=True), MOST_FILES)


def _days(folder: str) -> Iterator[str]:
    """Folders of days, the latest first."""
    for year in reversed(folder_names(folder)):
        for month in reversed(folder_names(join(folder, year))):
            for day in reversed(folder_names(join(folder, year, month))):
                yield join(folder, year, month, day)


def _hours(files: Sequence[tuple[datetime, str, int]]) -> Hours:
    n_files, n_bytes = Counter(hour for hour, _, _ in files), Counter[datetime]()
    for hour, _, size_bytes in files:
        n_bytes[hour] += size_bytes
    return tuple((hour, n_files[hour], n_bytes[hour]) for hour in sorted(n_files, reverse=True)[:N_HOURS])
