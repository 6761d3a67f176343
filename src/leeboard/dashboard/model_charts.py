"""Charts of model quality, bias and attribution."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.time_charts import level, limits, line, over_windows
from leeboard.formats.summary import QualityPicture
from leeboard.report.words import clipped, named
from leeboard.service.executions import Execution
from leeboard.service.views.attribution import AttributionTold, Both, Joined
from leeboard.service.views.bias import BiasTold
from leeboard.service.views.model_quality import QualityTold

Link = Callable[[Execution], str]
Z_95 = 1.959964
MOST_RANKED, MOST_LINES = 20, 8
MOST_DRIFT = 3.0
"""Beyond it the axis would show little else."""
LONGEST_NAME = 60
BETWEEN_0_AND_1 = frozenset(
    ("accuracy", "precision", "recall", "f1", "f0_5", "f2", "auc", "au_prc", "true_positive_rate",
     "true_negative_rate", "false_positive_rate", "false_negative_rate", "weighted_recall",
     "weighted_precision", "weighted_f0_5", "weighted_f1", "weighted_f2", "balanced_accuracy")
)  # fmt: skip


def words_of(name: str) -> str:
    """A measure's name as people write it."""
    known = {
        "auc": "AUC", "au_prc": "area under precision and recall", "mae": "MAE", "mse": "MSE",
        "rmse": "RMSE", "r2": "R²", "f0_5": "F0.5", "f1": "F1", "f2": "F2",
    }  # fmt: skip
    return known.get(name, name.replace("_", " "))


def measure_charts(told: QualityTold, link: Link) -> list[Chart]:
    """One of each measure with its interval, the baseline's band and the limit."""
    history, charts = told.over.history, []
    for name in told.names:
        series = history.measures.get(name)
        if series is None or all(value is None for value in series["value"]):
            continue
        now = told.measure(name)
        latest = now or series.latest
        spread = getattr(latest, "baseline_deviation", None)
        was = level("baseline", latest.baseline, len(history.windows), spread=spread and Z_95 * spread)
        value = line(words_of(name), series["value"], low=series["low"], high=series["high"])
        side: Literal["above", "below"] = "above" if (latest.operator or "")[:1] == "G" else "below"
        charts.append(
            over_windows(
                words_of(name).capitalize() if name not in ("auc",) else "AUC", history, [value, *was], link,
                name=name, violated=series["is_broken"], limits=limits(latest.limit, side),
                y_max=1.0 if name in BETWEEN_0_AND_1 else None,
            )
        )  # fmt: skip
    return charts


def label_chart(told: QualityTold | BiasTold, link: Link) -> Chart | None:
    """The share of records that have their labels; None where none are joined."""
    history = told.over.history
    shares = [
        matched / asked if matched is not None and asked else None
        for matched, asked in zip(history.n_matched, history.n_requests, strict=True)
    ]
    if all(share is None for share in shares):
        return None
    return over_windows(
        "Share of records with a label", history, [line("with a label", shares)], link,
        name="labels", unit="share", y_min=0.0, y_max=1.0,
    )  # fmt: skip


def picture_charts(now: QualityPicture | None, was: QualityPicture | None) -> list[Chart]:
    """Matrices side by side, and curves one over the other."""
    if now is None:
        return []
    return [*_matrices(now, was), *_curves(now, was), *_errors(now)]


def _matrices(now: QualityPicture, was: QualityPicture | None) -> Iterator[Chart]:
    for side, title in ((now, "this window"), (was, "baseline")):
        if side and side.matrix:
            classes = [clipped(named(label), LONGEST_NAME) for label in side.labels]
            yield Chart(
                "matrix",
                f"Confusion matrix, {title}",
                {"classes": classes, "counts": side.matrix},
                f"matrix-{'window' if side is now else 'baseline'}",
                260,
            )


def _curves(now: QualityPicture, was: QualityPicture | None) -> Iterator[Chart]:
    for name, title, x_name, y_name, diagonal in (
        ("roc", "ROC curve", "false positive rate", "true positive rate", True),
        ("precision_recall", "Precision and recall", "recall", "precision", False),
        (
            "calibration",
            "Calibration",
            "mean score",
            "observed",
            True,
        ),
    ):
        series = [
            {"name": label, "x": list(points[0]), "y": list(points[1]), "colour": colour}
            for side, label, colour in ((was, "baseline", "was"), (now, "this window", "now"))
            if side is not None and (points := getattr(side, name))
        ]
        if series:
            data = {"series": series, "x_name": x_name, "y_name": y_name, "diagonal": diagonal}
            yield Chart("calibration" if name == "calibration" else "curve", title, data, name, 260)


def _errors(now: QualityPicture) -> Iterator[Chart]:
    total = sum(now.error_counts)
    if total and len(now.error_edges) == len(now.error_counts) + 1:
        shares = [count / total for count in now.error_counts]
        data = {"edges": now.error_edges, "series": [{"name": "this window", "shares": shares}]}
        yield Chart("histogram", "Errors: prediction less truth", data, "errors", 260)


def bias_charts(told: BiasTold, link: Link) -> list[Chart]:
    """One of each measure of the group with its interval, the baseline's band and where there is no bias."""
    history, charts = told.over.history, []
    n = len(history.windows)
    for name in told.names:
        series = history.bias.get((*told.group, name)) if told.group else None
        if series is None or all(value is None for value in series["value"]):
            continue
        now = told.measure(name)
        value = line(name, series["value"], low=series["low"], high=series["high"])
        was = level("baseline", series.latest.baseline, n)
        if was and now and now.baseline_low is not None and now.baseline_high is not None:
            was[0] |= {"low": [now.baseline_low] * n, "high": [now.baseline_high] * n}
        neutral = line("no bias", [series.latest.neutral] * n, kind="dashed", colour="calm")
        charts.append(
            over_windows(name, history, [value, *was, neutral], link, name=name, violated=series["is_broken"])
        )
    return charts


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


def some(charts: Sequence[Chart | None]) -> list[Chart]:
    """Those that there are."""
    return [chart for chart in charts if chart is not None]
