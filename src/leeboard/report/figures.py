"""The numbers of a column, baseline and current side by side."""

from dataclasses import dataclass

from leeboard.formats.statistics import Common, FeatureStatistics, NumericalStatistics
from leeboard.report.charts.points import Points, counts_of, points_of
from leeboard.report.words import clipped, named, number, percent

QUANTILES = (("1%", 0.01), ("25%", 0.25), ("median", 0.5), ("75%", 0.75), ("99%", 0.99))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; None where a side does not have the column."""

    label: str
    baseline: str
    current: str


def common_of(feature: FeatureStatistics | None) -> Common | None:
    """Counts of present and missing cells; None for a column without any value."""
    if feature is None:
        return None
    numbers = feature.numerical_statistics or feature.string_statistics
    return numbers.common if numbers else None


def completeness(feature: FeatureStatistics | None, n_rows: int | None) -> float | None:
    """Share of present cells in [0, 1]; None if there is no such column or it is not told."""
    if feature is None:
        return None
    common = common_of(feature)
    if common is None:
        return 0.0 if feature.inferred_type == "Unknown" and n_rows else None
    n_cells = common.num_present + common.num_missing
    return common.num_present / n_cells if n_cells else 1.0


def figures(baseline: FeatureStatistics | None, current: FeatureStatistics | None) -> list[Figure]:
    """The lines that at least one side has a number for."""
    sides = [_numbers(baseline), _numbers(current)]
    labels = dict.fromkeys(label for side in sides for label in side)
    return [Figure(label, *(side.get(label, "–") for side in sides)) for label in labels]


def _numbers(feature: FeatureStatistics | None) -> dict[str, str]:
    if feature is None:
        return {}
    found = {"type": feature.inferred_type, **_presence(feature), **_kinds_of_cells(feature)}
    if feature.numerical_statistics is not None:
        return found | _moments(feature.numerical_statistics) | _quantiles(points_of(feature))
    return found | _categories(feature)


def _presence(feature: FeatureStatistics) -> dict[str, str]:
    common = common_of(feature)
    if common is None:
        return {}
    return {"present": f"{common.num_present:,}", "missing": f"{common.num_missing:,}"}


def _kinds_of_cells(feature: FeatureStatistics) -> dict[str, str]:
    """How many cells are of which class, where a column holds more than one."""
    counts = feature.leeboard.type_counts if feature.leeboard else None
    if counts is None:
        return {}
    found = {
        "whole numbers": counts.integral,
        "fractions": counts.fractional,
        "true or false": counts.boolean,
        "text": counts.string,
    }
    some = {f"cells that are {kind}": f"{n:,}" for kind, n in found.items() if n}
    return some if len(some) > 1 else {}


def _moments(numeric: NumericalStatistics) -> dict[str, str]:
    return {
        "mean": number(numeric.mean),
        "standard deviation": number(numeric.std_dev),
        "minimum": number(numeric.min),
        "maximum": number(numeric.max),
    }


def _quantiles(points: Points | None) -> dict[str, str]:
    return {label: number(points.quantile(share)) for label, share in QUANTILES} if points else {}


def _categories(feature: FeatureStatistics) -> dict[str, str]:
    text = feature.string_statistics
    if text is None:
        return {}
    listed = counts_of(feature)
    found = {"distinct values": number(text.distinct_count)}
    if listed is not None and listed.counts:
        value, count = max(listed.counts.items(), key=lambda entry: entry[1])
        found["most frequent"] = clipped(named(value), 40)
        found["its share"] = percent(count / listed.total)
    return found
