"""All measures of bias for two facets, beside one group-by over the same columns."""

import json
import subprocess
import sys
from pathlib import Path

from bench.contest import Contestant
from bench.contestants import LEEBOARD, OUT
from bench.goals import peak, time_ratio
from bench.places import ROOT
from bench.results import Goal, Part
from bench.sizes import Sizes
from bench.timing import timed

OURS, COUNTS, READING = "leeboard baseline", "polars group-by", "polars group-by, features summed"
CONFIG = {
    "label": "approved",
    "predicted_label": "said",
    "label_values_or_threshold": [1],
    "facet": [
        {"name_or_index": "sex", "value_or_threshold": ["female"]},
        {"name_or_index": "age", "value_or_threshold": [40]},
    ],
    "group_variable": "region",
    "methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": "all"}},
}


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("bias", "Bias")
    part.text = (
        "21 measures for each of two groups, with intervals by 1,000 bootstrap samples, the flip test on "
        "10,000 rows, and the report; beside the time of one group-by in polars over the same columns."
    )
    table, config = data / "people.parquet", OUT / "bias.json"
    subprocess.run(
        [sys.executable, "-m", "bench.bias.people", table, str(sizes.many_rows)], cwd=ROOT, check=True
    )
    config.write_text(json.dumps(CONFIG))
    command = [LEEBOARD, "baseline", table, "--monitor", "bias", "--config", config]
    contestants = [
        Contestant(OURS, [*command, "--out", OUT / "bias", "--quiet"], does="all of it"),
        _polars(COUNTS, table, "counts", "counts of combinations"),
        _polars(READING, table, "reading", "the same, and sums of the features"),
    ]
    runs = timed(part, f"{sizes.many_rows:,} rows, two facets", contestants, repeats=sizes.repeats)
    part.goals = [
        Goal("time over the group-by that reads the same columns", 2.0, time_ratio(runs, OURS, READING)),
        Goal("peak memory", 600, peak(runs, OURS), "MB"),
    ]
    return part


def _polars(name: str, table: Path, what: str, does: str) -> Contestant:
    return Contestant(name, [sys.executable, "-m", "bench.bias.group_by", table, what], does=does)
