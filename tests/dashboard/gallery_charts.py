"""Charts of every kind in every state, for the gallery and the tests."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

HOSTILE = "<img src=x onerror=alert(1)><b>{a|b}</b> \u202e\"'&amp;" + "long_feature_name_" * 12
START = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """One chart of the gallery."""

    name: str
    kind: str
    title: str
    data: Mapping[str, Any]
    height: int = 260


def hours(n: int) -> list[str]:
    """Points in time, an hour apart."""
    return [f"{START + timedelta(hours=i):%Y-%m-%dT%H:%M:%SZ}" for i in range(n)]


def wander(n: int, seed: int, start: float = 0.05, step: float = 0.012) -> list[float | None]:
    """Numbers as a distance takes them, rising towards the end."""
    chance, out, value = Random(seed), [], start
    for i in range(n):
        value = max(0.005, value + chance.gauss(step * 0.25 * i / max(n, 1), step))
        out.append(round(value, 4))
    return list(out)


def gallery() -> list[Shown]:
    """All of them."""
    return [*_lines(), *_bars(), *_histograms(), *_cells(), *_points()]


def _distance(n: int) -> dict[str, Any]:
    times, values = hours(n), wander(n, 3)
    over = [
        {"at": t, "kind": "violation", "label": "over 0.1"}
        for t, v in zip(times, values, strict=True)
        if v and v > 0.1
    ]
    return {
        "times": times,
        "unit": "number",
        "y_min": 0,
        "series": [{"name": "distance", "values": values}],
        "marks": over,
        "limits": [{"name": "threshold", "value": 0.1, "side": "above"}],
        "link": "/dashboard/executions?at={time}",
    }


def _lines() -> list[Shown]:
    accuracy = [0.92 - 0.004 * max(0, i - 20) + 0.006 * math.sin(i) for i in range(48)]
    gaps = [None if i in (11, 12, 30) else round(v, 4) for i, v in enumerate(accuracy)]
    quality = {
        "times": hours(48),
        "unit": "share",
        "series": [
            {
                "name": "accuracy",
                "values": gaps,
                "low": [v and v - 0.015 for v in gaps],
                "high": [v and v + 0.015 for v in gaps],
            },
            {"name": "baseline", "values": [0.918] * 48, "kind": "dashed", "colour": "was"},
        ],
        "limits": [{"name": "least accuracy", "value": 0.88, "side": "below"}],
        "marks": [
            {"at": hours(48)[16], "kind": "deployment", "label": "model v13"},
            {"at": hours(48)[11], "kind": "failed", "label": "AlgorithmError"},
            {"at": hours(48)[30], "kind": "failed", "label": "no ground truth"},
            *(
                {"at": t, "kind": "violation", "label": "under 0.88"}
                for t, v in zip(hours(48), gaps, strict=True)
                if v and v < 0.88
            ),
        ],
    }
    many = {
        "times": hours(24),
        "unit": "count",
        "series": [
            {
                "name": f"endpoint-{k}",
                "values": [Random(k * 100 + i).randrange(500 * k, 900 * k + 1) for i in range(24)],
            }
            for k in range(1, 9)
        ],
    }
    thousand = _distance(1000) | {
        "limit_series": {
            "name": "limit by sample size",
            "values": [0.25 + 0.05 * math.sin(i / 90) for i in range(1000)],
        }
    }
    hostile = {
        "times": hours(6),
        "unit": "number",
        "link": "javascript:alert(1)",
        "series": [
            {"name": HOSTILE, "values": wander(6, 5)},
            {"name": HOSTILE, "values": wander(6, 6)},
        ],
        "limits": [{"name": HOSTILE, "value": 0.08, "side": "above"}],
        "marks": [
            {"at": hours(6)[2], "kind": "deployment", "label": HOSTILE},
            {"at": hours(6)[3], "kind": "violation", "label": HOSTILE},
        ],
    }
    return [
        Shown("distance", "lines", "Distance of petal_length over time", _distance(24)),
        Shown("quality", "lines", "Accuracy with its interval", quality),
        Shown("many", "lines", "Captured records by endpoint", many),
        Shown("thousand", "lines", "A thousand windows", thousand),
        Shown("one-point", "lines", "One window", _distance(1)),
        Shown("no-point", "lines", "No window yet", _distance(0)),
        Shown("hostile-lines", "lines", HOSTILE, hostile),
    ]


def _bars() -> list[Shown]:
    names = ["setosa", "versicolor", "virginica", "other", "new: Z9"]
    return [
        Shown(
            "top-values",
            "bars",
            "Most frequent values of species",
            {
                "categories": names,
                "horizontal": True,
                "unit": "share",
                "series": [
                    {"name": "baseline", "values": [0.34, 0.33, 0.33, 0.0, None], "colour": "was"},
                    {"name": "last window", "values": [0.2, 0.41, 0.31, 0.03, 0.05], "colour": "now"},
                ],
            },
        ),
        Shown(
            "stacked",
            "bars",
            "Runs by state and day",
            {
                "categories": [f"{d} Nov" for d in range(12, 27)],
                "stacked": True,
                "unit": "count",
                "series": [
                    {"name": "clean", "values": [20 + d % 4 for d in range(15)], "colour": "calm"},
                    {"name": "in violation", "values": [d % 4 for d in range(15)], "colour": "bad"},
                    {"name": "failed", "values": [int(d == 6) for d in range(15)], "colour": "c2"},
                ],
            },
        ),
        Shown(
            "hostile-bars",
            "bars",
            "Names that are long or hostile",
            {
                "categories": [HOSTILE, HOSTILE, "", "=1+1"],
                "horizontal": True,
                "unit": "count",
                "links": ["//elsewhere.example/", "/dashboard", None, "javascript:alert(1)"],
                "series": [{"name": HOSTILE, "values": [4, 3, 2, 1]}],
            },
        ),
        Shown(
            "thousand-bars",
            "bars",
            "A thousand features",
            {
                "categories": [f"feature_{i}" for i in range(1000)],
                "unit": "number",
                "series": [{"name": "distance", "values": wander(1000, 8)}],
            },
        ),
        Shown("no-bars", "bars", "No feature", {"categories": [], "unit": "count", "series": []}),
    ]


def _shares(n: int, middle: float, width: float) -> list[float]:
    heights = [math.exp(-((i - middle) ** 2) / (2 * width**2)) for i in range(n)]
    return [height / sum(heights) for height in heights]


def _histograms() -> list[Shown]:
    edges = [round(0.5 + i * 0.25, 2) for i in range(25)]
    return [
        Shown(
            "histogram",
            "histogram",
            "petal_length: baseline and last window",
            {
                "edges": edges,
                "series": [
                    {"name": "baseline", "shares": _shares(24, 10, 3.6)},
                    {"name": "last window", "shares": _shares(24, 14.5, 3)},
                ],
            },
        ),
        Shown(
            "uneven",
            "histogram",
            "Uneven bins with open ends",
            {
                "edges": [None, 0, 1, 2, 5, 10, 20, None],
                "series": [
                    {"name": "baseline", "shares": [0.01, 0.5, 0.2, 0.15, 0.1, 0.03, 0.01]},
                    {"name": "last window", "shares": [0.0, 0.3, 0.2, 0.2, 0.2, 0.06, 0.04]},
                ],
            },
        ),
        Shown(
            "one-bin",
            "histogram",
            "One bin",
            {
                "edges": [3, 4],
                "series": [{"name": "baseline", "shares": [1.0]}, {"name": "last window", "shares": [1.0]}],
            },
        ),
        Shown("no-bins", "histogram", "No bin", {"edges": [], "series": []}),
    ]


def _cells() -> list[Shown]:
    features = [
        "sepal_length",
        "sepal_width",
        "petal_length",
        "petal_width",
        "site",
        "colour",
        "a_very_long_feature_name_that_goes_on_and_on",
    ]
    values = [
        [
            None if (r, t) in {(1, 7), (4, 9)} else v
            for t, v in enumerate(wander(24, 20 + r, step=0.004 + 0.003 * r))
        ]
        for r in range(7)
    ]
    wide = [wander(300, 60 + r, step=0.006) for r in range(30)]
    counts = [[480, 14, 6], [22, 431, 47], [3, 61, 436]]
    return [
        Shown(
            "heat",
            "heat",
            "Distance by feature and window",
            {
                "times": hours(24),
                "rows": features,
                "values": values,
                "limit": 0.1,
                "links": [f"?feature={f}" for f in features],
                "cell_link": "/dashboard/executions?feature={row}&at={time}",
            },
        ),
        Shown(
            "heat-wide",
            "heat",
            "Thirty features, three hundred windows",
            {
                "times": hours(300),
                "rows": [f"feature_{i}" for i in range(30)],
                "values": wide,
                "limit": [0.1 + 0.01 * i for i in range(30)],
            },
        ),
        Shown(
            "hostile-heat",
            "heat",
            "Hostile rows",
            {"times": hours(3), "rows": [HOSTILE, HOSTILE], "values": [[0.1, 0.2, None], [0.3, 0.01, 0.2]]},
        ),
        Shown("no-heat", "heat", "No row", {"times": [], "rows": [], "values": []}),
        Shown(
            "matrix",
            "matrix",
            "Confusion matrix",
            {"classes": ["setosa", "versicolor", "virginica"], "counts": counts},
            300,
        ),
        Shown(
            "matrix-large",
            "matrix",
            "Sixteen classes",
            {
                "classes": [f"class {i}" for i in range(16)],
                "counts": [
                    [900 if i == j else Random(i * 16 + j).randrange(40) for j in range(16)]
                    for i in range(16)
                ],
            },
            420,
        ),
    ]


def _points() -> list[Shown]:
    xs = [i / 40 for i in range(41)]
    chance = Random(4)
    names = [
        "petal_length",
        "petal_width",
        "sepal_length",
        "site",
        "colour",
        "age",
        "income",
        "tenure",
        "region",
        HOSTILE,
    ]
    points = [
        {
            "name": n,
            "x": round(chance.expovariate(12), 3),
            "y": round(chance.expovariate(5), 3),
            "link": f"?feature={i}",
        }
        for i, n in enumerate(names)
    ]
    moved = [(1, 3), (2, 1), (3, 2), (4, 4), (5, 8), (6, 5), (7, None), (8, 6), (None, 7)]
    return [
        Shown(
            "roc",
            "curve",
            "ROC curve",
            {
                "x_name": "false positive rate",
                "y_name": "true positive rate",
                "diagonal": True,
                "series": [
                    {"name": "last window, AUC 0.87", "x": xs, "y": [x**0.25 for x in xs]},
                    {"name": "baseline, AUC 0.93", "x": xs, "y": [x**0.12 for x in xs], "colour": "was"},
                ],
            },
            300,
        ),
        Shown(
            "calibration",
            "calibration",
            "Calibration",
            {
                "x_name": "predicted share",
                "y_name": "observed share",
                "diagonal": True,
                "series": [
                    {
                        "name": "last window",
                        "x": [i / 10 for i in range(11)],
                        "y": [(i / 10) ** 1.3 for i in range(11)],
                    }
                ],
            },
            300,
        ),
        Shown(
            "quadrants",
            "scatter",
            "Drift against importance",
            {
                "x_name": "distance",
                "y_name": "mean attribution",
                "x_limit": 0.1,
                "y_limit": 0.2,
                "points": points,
            },
            320,
        ),
        Shown(
            "cloud",
            "scatter",
            "A thousand points",
            {
                "x_name": "distance",
                "y_name": "importance",
                "points": [
                    {"name": f"feature_{i}", "x": abs(chance.gauss(0, 1)), "y": abs(chance.gauss(0, 1))}
                    for i in range(1000)
                ],
            },
            320,
        ),
        Shown(
            "ranks",
            "ranks",
            "Attribution ranks",
            {
                "items": [
                    {"name": n, "was": w, "now": k}
                    for n, (w, k) in zip([*names[:8], HOSTILE], moved, strict=True)
                ]
            },
        ),
        Shown(
            "no-points", "scatter", "No point", {"points": [], "x_name": "distance", "y_name": "importance"}
        ),
    ]
