"""Analysis of capture files."""

from pathlib import Path

from bench.contestants import leeboard_baseline, leeboard_check, polars_payloads
from bench.goals import peak, peak_ratio, time_ratio
from bench.results import Goal, Part
from bench.sizes import Sizes
from bench.timing import timed

BASELINE, OURS, OURS_MANY = "leeboard baseline", "leeboard check", "leeboard check, more records"
POLARS = "polars, payload texts only"


def measure(sizes: Sizes, data: Path) -> Part:
    part = Part("capture", "Analysis of capture files")
    few, many = data / "capture", data / "capture-many"
    few_records, many_records = f"{sizes.rows:,} records", f"{sizes.many_captured:,} records"
    leeboard_baseline("", few, "capture-base").run()
    size_mb = sum(file.stat().st_size for file in few.iterdir()) / 1e6
    runs = timed(
        part,
        f"{few_records} x 20 features and an output, {size_mb:,.0f} MB",
        [
            leeboard_check(OURS, few, "capture-base", "capture"),
            leeboard_baseline(BASELINE, few, "capture-again"),
            polars_payloads(POLARS, few),
        ],
        repeats=sizes.repeats,
    )
    more = leeboard_check(OURS_MANY, many, "capture-base", "capture-many")
    runs |= timed(part, many_records, [more], repeats=min(2, sizes.repeats))
    part.goals = [
        Goal("time of the check over polars", 1.0, time_ratio(runs, OURS, POLARS)),
        Goal(f"peak memory, {few_records}", 500, peak(runs, OURS), "MB"),
        Goal(f"peak memory, {many_records} over {few_records}", 1.2, peak_ratio(runs, OURS_MANY, OURS)),
    ]
    return part
