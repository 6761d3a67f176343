"""The distribution of a column, from a statistics file or from a profile."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import polars as pl

from leeboard.compare.distributions.kinds import Categorical, Distribution, Doubles, Numeric
from leeboard.formats.statistics import FeatureStatistics, NumericalStatistics, StringStatistics, ValueCount
from leeboard.profile import ColumnProfile

_RANK_ERROR = 1.33e-3
"""Of one rank with 99% confidence, for a sketch of size 2,048 that does not state its own."""
_K = 2048.0


def from_statistics(feature: FeatureStatistics) -> Distribution | None:
    """None if the file does not say how the values are distributed."""
    if feature.numerical_statistics:
        return _numbers(feature, feature.numerical_statistics)
    if feature.string_statistics:
        return _texts(feature, feature.string_statistics)
    return None


def from_profile(column: ColumnProfile, kind: str) -> Distribution | None:
    """The numeric cells, or all cells as text; None if the profile holds none of that kind."""
    if kind == "numeric":
        return _numeric_cells(column) if column.quantiles.n else None
    categories = column.categories
    if not categories.table.height:
        return None
    return Categorical(categories.counts, categories.other, categories.error, categories.error)


def _numbers(feature: FeatureStatistics, numerical: NumericalStatistics) -> Numeric | None:
    sketch = numerical.distribution.kll.sketch
    extension = feature.leeboard
    if extension and extension.values and extension.other_count == 0:
        return _of_value_counts(extension.values, sketch.data)
    if not any(sketch.data):
        return None
    stated = extension.rank_error if extension else None
    assumed = _RANK_ERROR * _K / max(sketch.parameters.k, 1.0) if len(sketch.data) > 1 else 0.0
    return Numeric.of_levels(sketch.data, assumed if stated is None else stated)


def _of_value_counts(entries: Sequence[ValueCount], levels: Sequence[Sequence[float]]) -> Numeric:
    kept = tuple(np.asarray(level, dtype=np.float64) for level in levels)
    return Numeric.of_counts(
        [float(entry.value) for entry in entries], [entry.count for entry in entries], kept
    )


def _texts(feature: FeatureStatistics, texts: StringStatistics) -> Categorical | None:
    """A list that leeboard capped holds the most frequent values; of another one nothing is known.

    Where the extension lists values of its own, its list is the longer one.
    """
    extension = feature.leeboard
    listed = (extension.values if extension else None) or texts.distribution.categorical.buckets
    counts = {entry.value: entry.count for entry in listed}
    other = extension.other_count if extension else None
    error = (extension.count_error if extension else None) or 0
    if other is not None:
        least_listed = min(counts.values(), default=other)
        return Categorical(counts, other, error, least_listed + error) if counts or other else None
    other = max(0, texts.common.num_present - sum(counts.values()))
    return Categorical(counts, other, 0, other) if counts else None


def _numeric_cells(column: ColumnProfile) -> Numeric:
    quantiles = column.quantiles
    if not quantiles.is_exact and (counted := _counted(column)) is not None:
        return Numeric.of_counts(*counted, tuple(quantiles.levels))
    return Numeric.of_levels(quantiles.levels, quantiles.rank_error)


def _counted(column: ColumnProfile) -> tuple[Doubles, Doubles] | None:
    """Numbers and their counts, if every cell is a number and all were counted."""
    categories = column.categories
    table = categories.table
    if not categories.is_complete or not categories.is_numeric or not table.height:
        return None
    numbers = table.get_column("value").cast(pl.Float64, strict=False)
    if numbers.null_count() or not isfinite(float(numbers.sum())):
        return None
    return numbers.to_numpy(), table.get_column("count").cast(pl.Float64).to_numpy()
