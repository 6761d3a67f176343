"""From the end of a window to its violations in a list."""

from datetime import datetime
from pathlib import Path
from statistics import median

from bench.captured import write_capture
from bench.columns import block
from bench.contestants import OUT, leeboard_baseline
from bench.places import DATA
from bench.results import Goal, Part, Table
from bench.serving.leeboard import BUCKET, MODEL_IMAGE, Leeboard, capture_config, deploy, leeboard
from bench.serving.monitoring import run, schedule, this_hour
from bench.serving.processes import model
from bench.sizes import Sizes

SEED, OTHER_SEED = 20261122, 20261123
FILES = 20
BASELINE = "window-base"
GOOD = "CompletedWithViolations"
TEXT = """\
Captured records of an hour lie in the embedded store, 20 features as CSV and an answer, six features moved
against the baseline. The schedule is run by hand, which is what happens when its time has come, and the list
of executions is asked until it tells of violations: with the start of the analyzer and its reports."""


def measure(sizes: Sizes) -> Part:
    part = Part("server-window", "From the end of a window to its violations", TEXT)
    n = sizes.window_records
    with model() as there, leeboard("window", models={MODEL_IMAGE: there.url}) as server:
        deploy(server, "scored", capture_config(f"s3://{BUCKET}/capture"))
        _lay_baseline(server, n)
        hour = this_hour()
        _lay_records(server, n, hour)
        base = f"s3://{BUCKET}/baseline"
        kept = {"StatisticsResource": {"S3Uri": f"{base}/statistics.json"}}
        kept["ConstraintsResource"] = {"S3Uri": f"{base}/constraints.json"}
        schedule(server, "hourly", "scored", BaselineConfig=kept)
        times = [_timed(server, hour) for _ in range(sizes.repeats)]
    rows = [[f"{median(times):.2f} ({min(times):.2f} to {max(times):.2f})", len(times)]]
    part.tables.append(Table(f"{n:,} records", ["wall s (least to most)", "runs"], rows))
    part.goals = [Goal(f"time until violations are listed, {n:,} records", 5.0, median(times), "s")]
    return part


def _timed(server: Leeboard, hour: datetime) -> float:
    status, wall_s = run(server, "hourly", hour)
    print(f"  {status} after {wall_s:.2f} s", flush=True)
    if not status.startswith(GOOD):
        raise RuntimeError(f"the window ended as {status}, not as {GOOD}")
    return wall_s


def _lay_baseline(server: Leeboard, n: int) -> None:
    folder = DATA / "window-base"
    _write(folder, n, seed=SEED, moved=False, hour=this_hour())
    made = leeboard_baseline("", folder, BASELINE).run()
    if made.error:
        raise RuntimeError(made.error)
    for name in ("statistics.json", "constraints.json"):
        server.client("s3").upload_file(str(OUT / BASELINE / name), BUCKET, f"baseline/{name}")


def _lay_records(server: Leeboard, n: int, hour: datetime) -> None:
    folder, prefix = DATA / "window", f"capture/scored/AllTraffic/{hour:%Y/%m/%d/%H}"
    _write(folder, n, seed=OTHER_SEED, moved=True, hour=hour)
    for file in sorted(folder.iterdir()):
        server.client("s3").upload_file(str(file), BUCKET, f"{prefix}/{file.name}")


def _write(folder: Path, n: int, *, seed: int, moved: bool, hour: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    size = n // FILES
    for number in range(FILES):
        rows = block(seed, number * size, size, moved=moved)
        target, first_ms = folder / f"{number:02}-00-000-bench.jsonl", int(hour.timestamp() * 1000)
        write_capture(rows, first=number * size, target=target, beginning_ms=first_ms)
