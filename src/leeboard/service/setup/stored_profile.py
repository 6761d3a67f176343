"""The profile of a data set from its statistics file, as near as the file tells it.

What the file does not keep is left out: numbers of a column that holds text, and rare values of a text
column beyond those that are listed.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from leeboard.formats.statistics import FeatureStatistics, NumericalStatistics, Statistics, ValueCount
from leeboard.profile import ColumnProfile, TableProfile
from leeboard.profile.cells import ValueCounts
from leeboard.profile.states.categories import Categories
from leeboard.profile.states.completeness import Completeness
from leeboard.profile.states.moments import Moments
from leeboard.profile.states.quantiles import Quantiles
from leeboard.profile.states.types import TypeCounts


def profile_of(statistics: Statistics) -> TableProfile:
    """What the checks read of a window."""
    n_rows = statistics.dataset.item_count
    columns = {feature.name: _column(feature, n_rows) for feature in statistics.features}
    return TableProfile(n_rows, columns)


def _column(feature: FeatureStatistics, n_rows: int) -> ColumnProfile:
    kind = feature.numerical_statistics or feature.string_statistics
    if kind is None:
        return ColumnProfile.absent(n_rows)
    complete = Completeness(kind.common.num_present, kind.common.num_missing)
    states = dict(ColumnProfile.zero().states) | {
        "completeness": complete,
        "types": _types(feature, complete.present),
        "categories": _categories(feature, complete.present),
    }
    if feature.numerical_statistics is not None:
        states |= _numbers(feature, feature.numerical_statistics)
    return ColumnProfile(states)


def _types(feature: FeatureStatistics, n: int) -> TypeCounts:
    """Files of others do not count types: then all cells are of the column's."""
    told = feature.leeboard.type_counts if feature.leeboard else None
    if told is not None:
        return TypeCounts(told.integral, told.fractional, told.boolean, told.string)
    if feature.inferred_type == "Integral":
        return TypeCounts(integral=n)
    return TypeCounts(fractional=n) if feature.inferred_type == "Fractional" else TypeCounts(string=n)


def _categories(feature: FeatureStatistics, n: int) -> Categories:
    own, texts = feature.leeboard, feature.string_statistics
    listed: Sequence[ValueCount] = (own.values if own else None) or (
        texts.distribution.categorical.buckets if texts else ()
    )
    if not listed:
        return Categories(n=n, error=n)
    values = pl.Series("value", [one.value for one in listed], dtype=pl.String)
    counts = pl.Series("count", [one.count for one in listed], dtype=pl.Int64)
    error = (own.count_error if own else None) or 0
    return Categories((ValueCounts(values, counts),), n, error, texts is None)


def _numbers(feature: FeatureStatistics, told: NumericalStatistics) -> dict[str, Moments | Quantiles]:
    """A rank error is kept as the worst case, which it was at most."""
    levels = tuple(np.asarray(level, dtype=np.float64) for level in told.distribution.kll.sketch.data)
    n = sum(len(level) << i for i, level in enumerate(levels))
    share = (feature.leeboard.rank_error if feature.leeboard else None) or 0.0
    moments = Moments(
        told.common.num_present, told.sum, told.mean, told.std_dev**2 * told.common.num_present,
        told.min, told.max,
    )  # fmt: skip
    return {"moments": moments, "quantiles": Quantiles(n, levels, share * n, (share * n) ** 2)}
