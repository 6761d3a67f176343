"""Windows and their files: what pages show of an execution beyond its summary; what is read is bounded."""

from datetime import datetime
from functools import lru_cache

import msgspec

from leeboard.errors import LeeboardError
from leeboard.formats.source import Source
from leeboard.formats.statistics import FeatureStatistics
from leeboard.formats.summary import QualityPicture, Summary
from leeboard.service.executions import Execution
from leeboard.service.service import Service
from leeboard.service.summaries import backfill, find_summary
from leeboard.service.views.distributions import Distribution, FoundFeature, distribution
from leeboard.service.window_files import (
    Opened,
    Places,
    ReportFile,
    files_in,
    open_file,
    places_of,
    read_whole,
    stored_at,
)
from leeboard.storage import join

STATISTICS = "statistics.json"
MOST_STATISTICS_BYTES = 128 << 20
MOST_SHOWN_BYTES = 8 << 20
N_KEPT = 64
"""Features that are kept in memory, of some 100 kB each."""


class _Dataset(msgspec.Struct):
    item_count: int = 0


class _File(msgspec.Struct):
    """Features are left as they are: of a large file one is wanted."""

    features: list[msgspec.Raw]
    dataset: _Dataset = msgspec.field(default_factory=_Dataset)


class _Named(msgspec.Struct):
    name: str


def summary_of_execution(service: Service, execution: Execution) -> Summary | None:
    """The one that is kept, else one made from the files; None if there is neither."""
    with service.database.read() as connection:
        kept = find_summary(connection, execution.id)
    return backfill(service, execution) if kept is None else kept


def files_of_window(service: Service, execution: Execution) -> list[ReportFile]:
    """The files that the analysis left, the important ones first; none if it left none.

    Raises:
        InputError: the store does not answer.
    """
    places = _places(service, execution)
    return files_in(places) if places else []


def file_of_window(
    service: Service, execution: Execution, name: str, *, most_bytes: int = MOST_SHOWN_BYTES
) -> Opened | None:
    """One of these files, or its beginning; None if there is no such file.

    Raises:
        InputError: the name leads out of the folder, or the store does not answer.
    """
    places = _places(service, execution)
    return open_file(places, name, most_bytes=most_bytes) if places else None


def feature_of_window(service: Service, execution: Execution, name: str) -> Distribution | None:
    """A feature of a window beside its baseline; None if neither has it.

    Raises:
        InputError: a file of statistics is none, or the store does not answer.
    """
    places = _places(service, execution)
    if places is None:
        return None
    now = _feature(join(places.results, STATISTICS), name)
    was = _feature(places.statistics, name)
    return distribution(name, was, now) if now or was else None


def feature_of_both(service: Service, before: Execution, now: Execution, name: str) -> Distribution | None:
    """A feature of a window beside that of another one, which stands for the baseline.

    Raises:
        InputError: a file of statistics is none, or the store does not answer.
    """
    sides = [found_feature(service, window, name) for window in (before, now)]
    return distribution(name, *sides) if any(sides) else None


def found_feature(service: Service, execution: Execution, name: str) -> FoundFeature | None:
    """The statistics of a feature in a window; None if it does not have it.

    Raises:
        InputError: the file of statistics is none, or the store does not answer.
    """
    places = _places(service, execution)
    return _feature(join(places.results, STATISTICS), name) if places else None


def _places(service: Service, execution: Execution) -> Places | None:
    with service.database.read() as connection:
        return places_of(connection, execution)


def _feature(uri: str | None, name: str) -> FoundFeature | None:
    stored = stored_at(uri) if uri else None
    return _read(stored.uri, stored.modified_at, stored.size_bytes, name) if stored else None


@lru_cache(maxsize=N_KEPT)
def _read(uri: str, modified_at: datetime, size_bytes: int, name: str) -> FoundFeature | None:
    """Time and size tell one version of the file from another."""
    source = Source(uri)
    try:
        file = msgspec.json.decode(read_whole(uri, most_bytes=MOST_STATISTICS_BYTES), type=_File)
        raw = next((one for one in file.features if _name(one) == name), None)
    except msgspec.MsgspecError as error:
        raise source.error(f"no statistics of features: {error}") from None
    if raw is None:
        return None
    return FoundFeature(source.fit(FeatureStatistics, source.parse(bytes(raw))), file.dataset.item_count)


def _name(raw: msgspec.Raw) -> str:
    return msgspec.json.decode(raw, type=_Named).name


def baseline_quality(service: Service, execution: Execution) -> QualityPicture | None:
    """Matrix and curves of the baseline, to be laid over those of a window; None where there are none."""
    from leeboard.formats.reading import read_quality_statistics
    from leeboard.report.summaries.model_quality import picture

    places = _places(service, execution)
    if places is None or execution.monitoring_type != "ModelQuality" or not places.constraints:
        return None
    uri = places.statistics or join(places.constraints.rpartition("/")[0], STATISTICS)
    if stored_at(uri) is None:
        return None
    try:
        return picture(read_quality_statistics(read_whole(uri, most_bytes=MOST_SHOWN_BYTES), uri))
    except LeeboardError:
        return None
