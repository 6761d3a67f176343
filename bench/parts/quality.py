"""The measures of a binary model, beside the same by scikit-learn."""

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

OURS, SCIKIT = "leeboard baseline", "scikit-learn"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("quality", "Model quality")
    part.text = "Label and score of each row in Parquet; scikit-learn holds all rows in memory."
    table = data / f"scores-{sizes.many_rows}.parquet"
    subprocess.run(
        [sys.executable, "-m", "bench.quality.scores", table, str(sizes.many_rows)], cwd=ROOT, check=True
    )
    settings = ["--problem-type", "BinaryClassification", "--label", "label", "--probability", "score"]
    command = [LEEBOARD, "baseline", table, "--monitor", "model-quality", *settings]
    contestants = [
        Contestant(
            OURS,
            [*command, "--out", OUT / "quality", "--quiet"],
            does="17 measures with deviations, curves, calibration, limits, report",
        ),
        Contestant(
            SCIKIT,
            [sys.executable, "-m", "bench.quality.scikit", table],
            does="the measures and both curves, no deviations",
        ),
    ]
    runs = timed(part, f"{sizes.many_rows:,} rows", contestants, repeats=min(3, sizes.repeats))
    part.goals = [
        Goal("time over scikit-learn's", 1.0, time_ratio(runs, OURS, SCIKIT)),
        Goal("peak memory", 600, peak(runs, OURS), "MB"),
    ]
    return part
