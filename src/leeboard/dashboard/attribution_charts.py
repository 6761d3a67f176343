"""Charts of attribution, alone and beside drift."""

from collections.abc import Callable
from typing import Any

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.time_charts import Link, limits, line, over_windows
from leeboard.report.words import clipped, named
from leeboard.service.views.attribution import AttributionTold, Both, Joined

MOST_RANKED, MOST_LINES = 20, 8
MOST_DRIFT = 3.0
"""Beyond it the axis would show little else."""
LONGEST_NAME = 60


def rank_chart(told: AttributionTold) -> Chart | None:
    """The order of features at the baseline and now."""
    ranked = [one for one in told.attributions if one.rank is not None or one.baseline_rank is not None]
    ranked.sort(key=lambda one: min(one.rank or 10**9, one.baseline_rank or 10**9))
    if not ranked:
        return None
    items = [
        {"name": clipped(named(one.feature), LONGEST_NAME), "was": one.baseline_rank, "now": one.rank}
        for one in ranked[:MOST_RANKED]
    ]
    data = {"items": items, "was_name": "baseline", "now_name": "this window"}
    return Chart("ranks", "What the model looks at, by rank", data, "ranks", 420)


def score_chart(told: AttributionTold, link: Link) -> Chart | None:
    """How like the baseline's the order was, over time."""
    series = told.over.history.scores.get(told.label) if told.label is not None else None
    if series is None:
        return None
    return over_windows(
        "NDCG: how like the baseline's the order is", told.over.history,
        [line("NDCG", series["ndcg"])], link,
        name="ndcg", violated=series["is_broken"], y_max=1.0,
        limits=limits(series.latest.limit, "below"), height=220,
    )  # fmt: skip


def attribution_chart(told: AttributionTold, link: Link) -> Chart | None:
    """The features that matter most, over time."""
    history = told.over.history
    keys = [(told.label, one.feature) for one in told.attributions[:MOST_LINES]]
    series = [
        line(clipped(named(key[1]), LONGEST_NAME), history.attributions[key]["value"])
        for key in keys
        if key in history.attributions
    ]
    if not series:
        return None
    title = f"Attribution of the {len(series)} features that matter most"
    return over_windows(title, history, series, link, name="attributions", height=320)


def both_chart(joined: Joined, link: Callable[[str], str]) -> Chart:
    """Drift against attribution; what is at the upper right needs a look first."""
    points = [
        {
            "name": _drifting(one),
            "x": min(one.drift, MOST_DRIFT),
            "y": one.share,
            "link": link(one.feature),
        }
        for one in joined.features
    ]
    data: dict[str, Any] = {
        "points": points,
        "x_name": f"drift, in parts of its limit ({MOST_DRIFT:g}: that or more)",
        "y_name": "share of all attribution",
        "x_limit": 1.0,
        "y_limit": joined.even_share,
    }
    return Chart("scatter", "Which features drift and matter", data, "drift-and-attribution", 420)


def _drifting(one: Both) -> str:
    """With its drift where that is beyond the axis."""
    name = clipped(named(one.feature), LONGEST_NAME)
    return f"{name} ({one.drift:,.0f} × its limit)" if one.drift > MOST_DRIFT else name
