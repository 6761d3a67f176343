"""The charts of an endpoint's page."""

from collections.abc import Callable, Sequence
from typing import Any

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.quality_charts import words_of
from leeboard.dashboard.rendering import iso, url
from leeboard.dashboard.time_charts import Series, bad_side, deployed, limits, line, over_windows
from leeboard.report.words import clipped, named
from leeboard.service.executions import Execution
from leeboard.service.summaries import History
from leeboard.service.views.deployed import Deployment
from leeboard.service.views.drift import FeatureRow

N_LINES = 6
N_HEAT_ROWS = 30
N_MEASURES = 4
COLOURS = ("c1", "c2", "c3", "c4", "c5", "c6")
MEASURES = (
    "recall", "precision", "f1", "f2", "accuracy", "auc", "weighted_recall", "weighted_precision", "r2",
    "rmse", "mae", "mse",
)  # fmt: skip
"""Those that say the most first; others follow by name."""


def distance_chart(found: History, rows: Sequence[FeatureRow], deployments: Sequence[Deployment]) -> Chart:
    """Of the features that drift the most: the distance, or where limits differ its share of the limit."""
    shown = [row for row in rows if any(value is not None for value in row.distances)][:N_LINES]
    known = {row.limit for row in shown if row.limit is not None}
    is_one = len(known) == 1 and all(_same_side(row) for row in shown)
    series = [
        line(_name(row), row.distances if is_one else row.uses, colour=colour)
        for row, colour in zip(shown, COLOURS, strict=False)
    ]
    title = "Distance from the baseline" if is_one else "Distance as a share of the limit"
    return _chart(
        f"{title}, features that drift most", found, series, deployments,
        limits=limits(known.pop() if is_one else 1, "above") if shown else [],
        name="distance", height=260, y_min=0,
    )  # fmt: skip


def _same_side(row: FeatureRow) -> bool:
    """Whether more is worse, as it is of all tests but those that give a probability."""
    if not row.distance or not row.limit or row.use is None:
        return True
    return row.distance > row.limit or row.use <= 1


def heat_chart(found: History, rows: Sequence[FeatureRow], link: Callable[[str], str]) -> Chart:
    """How much of its limit each feature used up, the worst first."""
    known = [row for row in rows if any(use is not None for use in row.uses)]
    shown = known[:N_HEAT_ROWS]
    first = next((i for i, has_summary in enumerate(found.has_summary) if has_summary), 0)
    data = {
        "times": [iso(at) for at in found.times[first:]],
        "rows": [_name(row) for row in shown],
        "values": [list(row.uses[first:]) for row in shown],
        "limit": 1,
        "max": 2,
        "links": [link(row.name) for row in shown],
    }
    some = f", worst {len(shown)}" if len(known) > len(shown) else ""
    title = f"Share of the limit used up, by feature and window{some}"
    return Chart("heat", title, data, name="drift", height=max(120, 60 + 17 * len(shown)))


def completeness_chart(
    found: History, rows: Sequence[FeatureRow], deployments: Sequence[Deployment]
) -> Chart:
    """Of the features that miss the most."""
    known = [row for row in rows if any(value is not None for value in row.completenesses)]
    shown = sorted(known, key=_least_complete)
    missing = [row for row in shown if _least_complete(row) < 1]
    shown = missing[:N_LINES] or shown[:1]
    series = [
        line(_name(row), row.completenesses, colour=colour)
        for row, colour in zip(shown, COLOURS, strict=False)
    ]
    title = "Completeness, features that miss most" if missing else "Completeness: no value is missing"
    return _chart(title, found, series, deployments, name="completeness", unit="share", y_max=1)


def _least_complete(row: FeatureRow) -> float:
    return min((value for value in row.completenesses if value is not None), default=1.0)


def volume_chart(found: History, deployments: Sequence[Deployment]) -> Chart:
    """Rows of each window: the traffic as monitors saw it."""
    series = [line("rows", found.n_rows)]
    if any(found.n_malformed):
        series.append(line("malformed", found.n_malformed, colour="bad"))
    return _chart("Rows in each window", found, series, deployments, name="rows", unit="count", y_min=0)


def quality_chart(found: History, deployments: Sequence[Deployment]) -> Chart | None:
    """The first measures of a model's quality with their limits; None where nothing was measured."""
    names = sorted(found.measures, key=_measure_rank)
    if not names:
        return None
    are_shares = [name for name in names if _is_share(found.measures[name]["value"])]
    shown = are_shares[:N_MEASURES] or names[:1]
    series = [
        _banded(words_of(name), found.measures[name], colour)
        for name, colour in zip(shown, COLOURS, strict=False)
    ]
    first = found.measures[shown[0]].latest
    return _chart(
        "Measures", found, series, deployments, name="quality", unit="share" if are_shares else "number",
        limits=limits(first.limit, bad_side(first.operator), f"limit of {series[0]['name']}"),
    )  # fmt: skip


def bias_chart(found: History, deployments: Sequence[Deployment]) -> Chart | None:
    """The measures of bias that are broken, or else those that are the furthest from none."""
    if not found.bias:
        return None
    ranked = sorted(found.bias.values(), key=_bias_rank)[:N_MEASURES]
    series = [
        _banded(f"{one.latest.metric} of {named(one.latest.group)}", one, colour)
        for one, colour in zip(ranked, COLOURS, strict=False)
    ]
    return _chart("Measures furthest from no bias", found, series, deployments, name="bias")


def _bias_rank(series: Any) -> tuple[bool, float]:
    latest = series.latest
    value = latest.neutral if latest.value is None else latest.value
    return not latest.is_broken, -abs(value - latest.neutral)


def _banded(name: str, series: Any, colour: str) -> dict[str, Any]:
    return line(clipped(name, 40), series["value"], colour=colour, low=series["low"], high=series["high"])


def _measure_rank(name: str) -> tuple[int, str]:
    return (MEASURES.index(name) if name in MEASURES else len(MEASURES)), name


def _is_share(values: Sequence[float | None]) -> bool:
    return all(value is None or 0 <= value <= 1 for value in values)


def attribution_chart(found: History, deployments: Sequence[Deployment]) -> Chart | None:
    """How like the baseline's the order of attributions is; None where nothing was measured."""
    if not found.scores:
        return None
    series = [
        line(named(label) if label else "NDCG", score["ndcg"], colour=colour)
        for (label, score), colour in zip(found.scores.items(), COLOURS, strict=False)
    ]
    limit = next(iter(found.scores.values())).latest.limit
    title = "Likeness to the baseline's order (NDCG)"
    return _chart(
        title, found, series, deployments, name="attribution", y_max=1, limits=limits(limit, "below")
    )


def _chart(
    title: str,
    found: History,
    series: Sequence[Series],
    deployments: Sequence[Deployment],
    *,
    height: int = 240,
    **more: Any,
) -> Chart:
    marks = _deployed(found, deployments)
    return over_windows(title, found, series, _to_run, marks=marks, height=height, **more)


def _to_run(window: Execution) -> str:
    return url(f"/executions/{window.id}")


def _deployed(found: History, deployments: Sequence[Deployment]) -> list[dict[str, Any]]:
    """Those before the first window, or long after the last one, would stretch the axis."""
    if not found.times:
        return []
    end_at = found.windows[-1].window_end_at
    return deployed(each for each in deployments if found.times[0] <= each.at <= end_at)


def _name(row: FeatureRow) -> str:
    return clipped(named(row.name), 60)
