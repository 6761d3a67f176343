"""How a feature is spread on two sides, and how its numbers went over time, as charts and rows."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.time_charts import Link, level, limits, line, over_windows
from leeboard.report.words import clipped, named, number
from leeboard.service.feature_history import FeatureHistory
from leeboard.service.views.distributions import Bins, BinSide, Distribution
from leeboard.service.views.feature import FeatureTold

BAR_PX, LEAST_PX = 34, 120
LONGEST_VALUE = 80


def spread_chart(found: Distribution, before: str, now: str, title: str) -> Chart | None:
    """Bins overlaid, or bars of values; None if neither side has a value."""
    if found.kind == "numbers" and found.bins and found.bins.is_bent:
        return Chart("bars", title, _bent(found.bins, before, now), "distribution", 320)
    if found.kind == "numbers" and found.bins:
        return Chart("histogram", title, _histogram(found.bins, before, now), "distribution", 320)
    if found.kind != "values":
        return None
    data = {
        "categories": [_value(one.value, one.mark) for one in found.values],
        "series": [
            line(before, [one.baseline for one in found.values], colour="was"),
            line(now, [one.window for one in found.values], colour="now"),
        ],
        "horizontal": True,
        "unit": "share",
    }
    return Chart("bars", title, data, "distribution", max(LEAST_PX, 50 + BAR_PX * len(found.values)))


def _value(value: str, mark: str) -> str:
    if mark == "rest":
        return "all others"
    return clipped(named(value), LONGEST_VALUE) + (f" ({mark})" if mark else "")


def _histogram(bins: Bins, before: str, now: str) -> dict[str, Any]:
    """What is beyond the axis is in bins that are open on one side."""
    sides = [side for side in (bins.baseline, bins.window) if side]
    is_open = any(side.below for side in sides), any(side.above for side in sides)
    edges = [*([None] if is_open[0] else []), *bins.edges, *([None] if is_open[1] else [])]
    names = zip((before, now), (bins.baseline, bins.window), strict=True)
    series = [{"name": name, "shares": _shares(side, bins, is_open)} for name, side in names]
    return {"edges": edges, "series": series}


def _bent(bins: Bins, before: str, now: str) -> dict[str, Any]:
    """Bins that get wider further out have the same width each, or most of them could not be seen."""
    made = _histogram(bins, before, now)
    ends = [(number(low, 3), number(high, 3)) for low, high in pairwise(bins.edges)]
    names = [f"{low} to {high}" for low, high in ends]
    is_open = made["edges"][0] is None, made["edges"][-1] is None
    names = [*([f"below {ends[0][0]}"] * is_open[0]), *names, *([f"above {ends[-1][1]}"] * is_open[1])]
    colours = zip(made["series"], ("was", "now"), strict=True)
    series = [line(one["name"], one["shares"], colour=colour) for one, colour in colours]
    return {"categories": names, "series": series, "unit": "share"}


def _shares(side: BinSide | None, bins: Bins, is_open: tuple[bool, bool]) -> list[float]:
    if side is None:
        return [0.0] * (len(bins.edges) - 1 + sum(is_open))
    return [*([side.below] * is_open[0]), *side.shares, *([side.above] * is_open[1])]


def history_charts(told: FeatureTold, link: Link) -> list[Chart]:
    """Distance, completeness, mean with its deviation, and distinct values, those of which there are any."""
    found = told.history
    if found is None:
        return []
    made = {"distance": _distance, "completeness": _completeness, "mean": _mean, "n_distinct": _distinct}
    has_any = (column for column in made if any(value is not None for value in found[column]))
    return [made[column](told, found, link) for column in has_any]


def _distance(told: FeatureTold, found: FeatureHistory, link: Link) -> Chart:
    return over_windows(
        "Distance from the baseline", told.over.history, [line("distance", found["distance"])], link,
        name="distance", height=220, y_min=0.0,
        violated=_beyond(found["n_violations"], found["limit"], found["distance"]),
        limit_series={"name": "limit", "values": found["limit"]},
    )  # fmt: skip


def _completeness(told: FeatureTold, found: FeatureHistory, link: Link) -> Chart:
    over, promised, values = told.over.history, _promised(told.numbers), found["completeness"]
    was = level("baseline", told.numbers.get("baseline_completeness"), len(values))
    return over_windows(
        "Completeness", over, [line("completeness", values), *was], link,
        name="completeness", unit="share", y_max=1.0, limits=limits(promised, "below", "promised"),
        violated=_beyond(found["n_violations"], values, [promised] * len(values)),
    )  # fmt: skip


def _mean(told: FeatureTold, found: FeatureHistory, link: Link) -> Chart:
    means, numbers = found["mean"], told.numbers
    pairs = list(zip(means, found["std_dev"], strict=True))
    band = {
        "low": [m - s if m is not None and s is not None else None for m, s in pairs],
        "high": [m + s if m is not None and s is not None else None for m, s in pairs],
    }
    was = level("baseline", numbers.get("baseline_mean"), len(means), spread=numbers.get("baseline_std_dev"))
    title, series = "Mean, with one standard deviation", [line("mean", means, **band), *was]
    return over_windows(
        title, told.over.history, series, link, name="mean", violated=found["n_violations"], height=220
    )


def _distinct(told: FeatureTold, found: FeatureHistory, link: Link) -> Chart:
    series = [line("distinct values", found["n_distinct"])]
    return over_windows("Distinct values", told.over.history, series, link, name="distinct", unit="count")


def _beyond(
    n_violations: Sequence[int | None], smaller: Sequence[float | None], larger: Sequence[float | None]
) -> list[int]:
    """The violations of windows in which one number is below the other, as others are of other promises."""
    numbers = zip(n_violations, smaller, larger, strict=True)
    return [n or 0 if a is not None and b is not None and a < b else 0 for n, a, b in numbers]


def _promised(numbers: dict[str, Any]) -> float | None:
    limit = numbers.get("completeness_limit")
    return float(limit) if limit is not None else None
