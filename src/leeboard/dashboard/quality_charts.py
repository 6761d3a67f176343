"""Charts of model quality."""

from collections.abc import Iterator

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.time_charts import Link, bad_side, level, limits, line, over_windows
from leeboard.formats.summary import QualityPicture
from leeboard.report.words import clipped, named
from leeboard.service.views.bias import BiasTold
from leeboard.service.views.model_quality import QualityTold

Z_95 = 1.959964
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
        charts.append(
            over_windows(
                "AUC" if name == "auc" else words_of(name).capitalize(), history, [value, *was], link,
                name=name, violated=series["is_broken"],
                limits=limits(latest.limit, bad_side(latest.operator)),
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
        ("calibration", "Calibration", "mean score", "observed", True),
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
