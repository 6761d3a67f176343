"""A profile as the content of `statistics.json`."""

from math import isfinite, sqrt
from sys import float_info

import numpy as np
from numpy.typing import NDArray

from leeboard.formats.statistics import (
    Bucket,
    Categorical,
    Common,
    Dataset,
    FeatureExtension,
    FeatureStatistics,
    Kll,
    NumericalDistribution,
    NumericalStatistics,
    Sketch,
    SketchParameters,
    Statistics,
    StringDistribution,
    StringStatistics,
    TypeCounts,
    ValueCount,
)
from leeboard.profile.states.moments import Moments
from leeboard.profile.states.quantiles import C, K, Quantiles
from leeboard.profile.table import ColumnProfile, TableProfile

N_BUCKETS = 10
MAX_LISTED_VALUES = 120
"""Values of a string column that AWS's part of the file lists."""
MAX_KEPT_VALUES = 1_000
"""Values of a string column that our part lists where there are more; the others go into one count."""
MAX_DISCRETE_VALUES = 50
"""A numeric column of at most this many values has them listed as well."""


def to_statistics(profile: TableProfile) -> Statistics:
    """The statistics file of a profile; every number in it is finite."""
    features = [_feature(name, column) for name, column in profile.columns.items()]
    return Statistics(version=0.0, dataset=Dataset(item_count=profile.n_rows), features=features)


def _feature(name: str, column: ColumnProfile) -> FeatureStatistics:
    inferred = column.inferred_type
    known: dict[str, object] = {"name": name, "inferred_type": inferred}
    if inferred == "String":
        known["string_statistics"] = _string_statistics(column)
    elif inferred != "Unknown" and column.moments.n:
        known["numerical_statistics"] = _numerical_statistics(column)
    return FeatureStatistics(**known, leeboard=_extension(column))  # type: ignore[arg-type]


def _common(column: ColumnProfile) -> Common:
    return Common(num_present=column.completeness.present, num_missing=column.completeness.missing)


def _numerical_statistics(column: ColumnProfile) -> NumericalStatistics:
    moments, quantiles = column.moments, column.quantiles
    total, std_dev = _sum_and_deviation(moments, quantiles)
    return NumericalStatistics(
        common=_common(column),
        mean=_finite(total / moments.n) if isfinite(total) else _finite(moments.mean),
        sum=_finite(total),
        std_dev=_finite(std_dev),
        min=moments.min,
        max=moments.max,
        distribution=NumericalDistribution(
            kll=Kll(
                buckets=_buckets(moments, quantiles),
                sketch=Sketch(
                    parameters=SketchParameters(c=C, k=float(K)),
                    data=[level.tolist() for level in quantiles.levels],
                ),
            )
        ),
    )


def _sum_and_deviation(moments: Moments, quantiles: Quantiles) -> tuple[float, float]:
    """As AWS rounds them where all numbers are at hand, so that equal data give equal files."""
    if quantiles.is_exact:
        return _in_row_order(quantiles.levels[0])
    return moments.sum, moments.std_dev


def _in_row_order(numbers: NDArray[np.float64]) -> tuple[float, float]:
    """Running sum, and the population deviation by Welford's (1962) recurrence."""
    total = mean = m2 = 0.0
    for n, number in enumerate(numbers.tolist(), start=1):
        total += number
        delta = number - mean
        mean += delta / n
        m2 += delta * (number - mean)
    return total, sqrt(m2 / len(numbers)) if isfinite(m2) else float("inf")


def _buckets(moments: Moments, quantiles: Quantiles) -> list[Bucket]:
    """Ten equal widths from minimum to maximum, closed on the left, the last on both sides."""
    low, high = moments.min, moments.max
    width = high - low if isfinite(high - low) else float_info.max
    bounds = np.array([low + width * i / N_BUCKETS for i in range(N_BUCKETS + 1)])
    if low == high:
        counts = [float(quantiles.n)] + [0.0] * (N_BUCKETS - 1)
    else:
        below = quantiles.n_below(bounds)
        below[0], below[-1] = 0, quantiles.n
        counts = np.diff(below).astype(float).tolist()
    return [
        Bucket(lower_bound=float(bounds[i]), upper_bound=float(bounds[i + 1]), count=counts[i])
        for i in range(N_BUCKETS)
    ]


def _string_statistics(column: ColumnProfile) -> StringStatistics:
    buckets = _listed(column, MAX_LISTED_VALUES)
    return StringStatistics(
        common=_common(column),
        distinct_count=column.distinct.estimate,
        distribution=StringDistribution(categorical=Categorical(buckets=buckets)),
    )


def _listed(column: ColumnProfile, most: int) -> list[ValueCount]:
    counts = column.categories.counts
    return [ValueCount(value=value, count=count) for value, count in list(counts.items())[:most]]


def _extension(column: ColumnProfile) -> FeatureExtension:
    types, categories = column.types, column.categories
    known: dict[str, object] = {
        "type_counts": TypeCounts(
            integral=types.integral, fractional=types.fractional, boolean=types.boolean, string=types.string
        )
    }
    if column.inferred_type == "String":
        listed = _listed(column, MAX_KEPT_VALUES)
        if len(listed) > MAX_LISTED_VALUES:
            known["values"] = listed
        known["other_count"] = categories.n - sum(entry.count for entry in listed)
        known["count_error"] = categories.error
    elif categories.n and categories.is_complete and categories.table.height <= MAX_DISCRETE_VALUES:
        known["values"] = _listed(column, MAX_DISCRETE_VALUES)
        known["other_count"] = 0
    if column.inferred_type in ("Integral", "Fractional"):
        known["rank_error"] = column.quantiles.rank_error
    return FeatureExtension(**known)  # type: ignore[arg-type]


def _finite(number: float) -> float:
    """The nearest double that JSON can hold."""
    return number if isfinite(number) else float_info.max * (1 if number > 0 else -1)
