"""How a feature is spread on two sides, and how its numbers went over time, as charts and rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.time_charts import level, limits, line, over_windows
from leeboard.report.words import clipped, named, number, percent
from leeboard.service.executions import Execution
from leeboard.service.views.distributions import Bins, BinSide, Distribution, FeatureNumbers
from leeboard.service.views.feature import FeatureTold

BAR_PX, LEAST_PX = 34, 120
LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic on both sides, in words, and how far they are apart."""

    label: str
    before: str
    now: str
    change: str = ""


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


def statistics_of(before: FeatureNumbers | None, now: FeatureNumbers | None) -> list[Row]:
    """Rows that at least one side has a number for."""
    if before is None and now is None:
        return []
    return [row for row in _rows(before, now) if (row.before, row.now) != ("–", "–")]


def _rows(before: FeatureNumbers | None, now: FeatureNumbers | None) -> Iterator[Row]:
    yield Row("type", before.type if before else "–", now.type if now else "–", _type_change(before, now))
    for label, name in (("present", "n_present"), ("missing", "n_missing")):
        yield Row(label, _count(getattr(before, name, None)), _count(getattr(now, name, None)))
    was, share = before.completeness if before else None, now.completeness if now else None
    yield Row("completeness", percent(was), percent(share), _difference(was, share, is_share=True))
    for label, name in (
        ("mean", "mean"), ("standard deviation", "std_dev"), ("minimum", "minimum"),
        ("maximum", "maximum"), ("distinct values", "n_distinct"),
    ):  # fmt: skip
        yield _numbers(label, getattr(before, name, None), getattr(now, name, None))
    sides = [side.quantiles if side else {} for side in (before, now)]
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        yield _numbers("median" if name == "50%" else name, sides[0].get(name), sides[1].get(name))


def _numbers(label: str, before: float | None, now: float | None) -> Row:
    return Row(label, number(before), number(now), _difference(before, now))


def _type_change(before: FeatureNumbers | None, now: FeatureNumbers | None) -> str:
    return "another type" if before and now and before.type != now.type else ""


def _count(n: int | None) -> str:
    return "–" if n is None else f"{n:,}"


def _difference(before: float | None, now: float | None, *, is_share: bool = False) -> str:
    if before is None or now is None or before == now:
        return ""
    sign = "+" if now > before else "−"
    return f"{sign}{percent(abs(now - before)) if is_share else number(abs(now - before), 3)}"


def history_charts(told: FeatureTold, link: Any) -> list[Chart]:
    """Distance, completeness, mean with its deviation, and distinct values, those of which there are any."""
    found, over = told.history, told.over.history
    if found is None:
        return []
    n, numbers = len(over.windows), told.numbers
    charts = []
    if _any(found["distance"]):
        charts.append(
            over_windows(
                "Distance from the baseline", over, [line("distance", found["distance"])], link,
                name="distance", height=220, y_min=0.0,
                violated=_beyond(found["n_violations"], found["limit"], found["distance"]),
                limit_series={"name": "limit", "values": found["limit"]},
            )
        )  # fmt: skip
    if _any(found["completeness"]):
        promised = _promised(numbers)
        was = level("baseline", numbers.get("baseline_completeness"), n)
        charts.append(
            over_windows(
                "Completeness", over, [line("completeness", found["completeness"]), *was], link,
                name="completeness", unit="share", y_max=1.0,
                limits=limits(promised, "below", "promised"),
                violated=_beyond(found["n_violations"], found["completeness"], [promised] * n),
            )
        )  # fmt: skip
    if _any(found["mean"]):
        charts.append(_means(told, link))
    if _any(found["n_distinct"]):
        series = [line("distinct values", found["n_distinct"])]
        charts.append(over_windows("Distinct values", over, series, link, name="distinct", unit="count"))
    return charts


def _beyond(
    n_violations: Sequence[int | None], smaller: Sequence[float | None], larger: Sequence[float | None]
) -> list[int]:
    """The violations of windows in which one number is below the other, as others are of other promises."""
    numbers = zip(n_violations, smaller, larger, strict=True)
    return [n or 0 if a is not None and b is not None and a < b else 0 for n, a, b in numbers]


def _promised(numbers: dict[str, Any]) -> float | None:
    limit = numbers.get("completeness_limit")
    return float(limit) if limit is not None else None


def _means(told: FeatureTold, link: Any) -> Chart:
    found = told.history
    assert found is not None  # noqa: S101 - whoever asks has looked
    means, spreads = found["mean"], found["std_dev"]
    pairs = list(zip(means, spreads, strict=True))
    band = {
        "low": [m - s if m is not None and s is not None else None for m, s in pairs],
        "high": [m + s if m is not None and s is not None else None for m, s in pairs],
    }
    numbers, over = told.numbers, told.over.history
    was = level("baseline", numbers.get("baseline_mean"), len(means), spread=numbers.get("baseline_std_dev"))
    title = "Mean, with one standard deviation"
    return over_windows(
        title, over, [line("mean", means, **band), *was], link,
        name="mean", violated=found["n_violations"], height=220,
    )  # fmt: skip


def _any(values: Sequence[Any]) -> bool:
    return any(value is not None for value in values)


def window_name(window: Execution | None, otherwise: str = "baseline") -> str:
    """What a window is called in a legend."""
    if window is None:
        return otherwise
    start, end = window.window_start_at, window.window_end_at
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until}"
