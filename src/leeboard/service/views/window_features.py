"""The statistics of one feature in the files of windows, and of their baselines."""

from datetime import datetime
from functools import lru_cache

import msgspec

from leeboard.formats.source import Source
from leeboard.formats.statistics import FeatureStatistics
from leeboard.service.executions import Execution
from leeboard.service.monitor_types import STATISTICS_FILE
from leeboard.service.service import Service
from leeboard.service.views.distributions import Distribution, FoundFeature, distribution
from leeboard.service.views.windows import places_in_store
from leeboard.service.window_files import read_whole, stored_at
from leeboard.storage import join

MOST_STATISTICS_BYTES = 128 << 20
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


def feature_of_window(service: Service, execution: Execution, name: str) -> Distribution | None:
    """A feature of a window beside its baseline; None if neither has it.

    Raises:
        InputError: a file of statistics is none, or the store does not answer.
    """
    places = places_in_store(service, execution)
    if places is None:
        return None
    now = _feature(join(places.results, STATISTICS_FILE), name)
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
    places = places_in_store(service, execution)
    return _feature(join(places.results, STATISTICS_FILE), name) if places else None


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
