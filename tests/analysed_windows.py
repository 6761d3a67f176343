"""A service with schedules of all four monitors whose windows the analyzer has really looked at."""

import atexit
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from sqlalchemy import insert

import leeboard
from leeboard.capture.spool import Spool
from leeboard.formats.summary import SUMMARY, MalformedSample, MergeSummary, read_summary
from leeboard.hosting.mapping import ModelMap
from leeboard.jobs.baselines import read_baseline
from leeboard.jobs.job import Asked, Job
from leeboard.jobs.run import run
from leeboard.service.backfilling import backfill
from leeboard.service.executions import Execution, find_execution
from leeboard.service.logs import PROCESSING_GROUP, append, stream_of
from leeboard.service.resources import add, find
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.service.summaries import keep
from leeboard.state.database import Database
from leeboard.state.tables import executions

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u202e\u2028" + "ä" * 300
FIRST = datetime(2026, 11, 26, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUALITY = {"label": "approved", "probability": "score", "problem_type": "BinaryClassification"}
FAIRNESS: dict[str, Any] = {
    "label": "approved", "probability": "score", "label_values": [1], "facets": {"sex": ["female"]},
}  # fmt: skip
IDS = {"DataQuality": "data", "ModelQuality": "quality", "ModelBias": "bias", "ModelExplainability": "shap"}
FILES = {
    "DataQuality": ("statistics.json", "constraints.json"),
    "ModelQuality": ("statistics.json", "constraints.json"),
    "ModelBias": ("", "analysis.json"),
    "ModelExplainability": ("", "analysis.json"),
}


@dataclass(frozen=True)
class Windows:
    """The service, and the ids of executions by schedule, in the order of their windows.

    Attributes:
        failed, empty: executions without results: one that failed, one that had no data.
    """

    service: Service
    ids: dict[str, list[int]]
    failed: int
    empty: int


def people(n: int, seed: int, *, factor: float = 1.0, bonus: float = 0.1) -> pl.DataFrame:
    """Applicants with a model's score; `factor` scales their income as it is recorded."""
    draw = random.Random(seed)
    rows = []
    for _ in range(n):
        sex, income = draw.choice(["female", "male"]), draw.randrange(10, 90)
        score = min(max(income / 100 + (bonus if sex == "male" else 0) + draw.gauss(0, 0.05), 0), 1)
        approved = int(score + draw.gauss(0, 0.15) > 0.5)
        rows.append((approved, sex, income * factor, draw.choice("abc") if factor == 1 else "d", score))
    names = ["approved", "sex", "income", HOSTILE, "score"]
    return pl.DataFrame(rows, schema=names, orient="row")


def scored(rows: pl.DataFrame) -> pl.Series:
    """A model."""
    return rows["income"].cast(float) / 100 + 0.3 * (rows["sex"] == "male")


@cache
def analysed_windows() -> Windows:
    """Two windows of each schedule, the second of which broke promises; made once for all tests of a run.

    A schedule whose name begins with `young-` has none yet.
    """
    stack = ExitStack()
    folder = stack.enter_context(TemporaryDirectory(prefix="windows-"))
    windows = stack.enter_context(made_windows(Path(folder)))
    atexit.register(stack.close)
    return windows


@contextmanager
def made_windows(home: Path) -> Iterator[Windows]:
    settings = Settings(home=home)
    database = Database(settings.state_url)
    service = Service(settings, database, Routes(database, ModelMap(())), Spool(home / "spool"))
    try:
        before, frames = people(300, 1), [people(200, 2), people(200, 3, factor=3.0, bonus=0.6)]
        ids = {IDS[kind]: _windows(service, home, kind, before, frames) for kind in IDS}
        for kind, name in IDS.items():
            _schedule(service, f"young-{name}", kind)
        failed = _without_results(service, "data", 2, "Failed", "The container ended with exit code 1")
        reason = "Job inputs had no data: no capture file in the window 2026-11-26T11:00:00Z to 12:00"
        empty = _without_results(service, "data", 3, "Failed", reason)
        yield Windows(service, ids, failed, empty)
    finally:
        database.close()


def _windows(
    service: Service, home: Path, kind: str, before: pl.DataFrame, frames: list[pl.DataFrame]
) -> list[int]:
    name, made = IDS[kind], []
    schedule = _schedule(service, name, kind)
    baseline = str(home / name / "baseline")
    _suggest(kind, before, baseline)
    for number, frame in enumerate(frames):
        results = str(home / name / f"results-{number}")
        n_violations = _check(kind, frame, baseline, results)
        execution = _execution(service, schedule, kind, number, n_violations)
        _job(service, execution, baseline, results)
        _keep(service, execution, results)
        made.append(execution.id)
    return made


def _suggest(kind: str, frame: pl.DataFrame, output: str) -> None:
    if kind == "ModelExplainability":
        leeboard.suggest_baseline(_features(frame), monitor="attribution", model=scored, output=output)
    elif kind == "DataQuality":
        run(Job(data=frame, output=output), now=FIRST)
    else:
        monitor, settings = _settings(kind)
        leeboard.suggest_baseline(frame, monitor=monitor, output=output, **settings)


def _check(kind: str, frame: pl.DataFrame, baseline: str, output: str) -> int:
    if kind == "ModelExplainability":
        found = leeboard.check(
            _features(frame.with_columns(income=pl.col("income") * 0 + 50 if (frame["income"] > 100).any()
                      else pl.col("income"))),
            baseline, monitor="attribution", model=scored, output=output,
        )  # fmt: skip
        return len(found.violations.violations)
    if kind == "DataQuality":
        asked = (Asked(baseline=read_baseline(baseline)),)
        return run(Job(data=frame, asked=asked, output=output, writes_summary=True), now=FIRST).n_violations
    monitor, settings = _settings(kind)
    checked = leeboard.check(frame, baseline, monitor=monitor, output=output, **settings)
    return len(checked.violations.violations)


def _settings(kind: str) -> tuple[str, dict[str, Any]]:
    return ("model-quality", QUALITY) if kind == "ModelQuality" else ("bias", FAIRNESS)


def _features(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("sex", "income", HOSTILE).head(60)


def _schedule(service: Service, name: str, kind: str) -> Any:
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
        "MonitoringType": kind,
        "MonitoringJobDefinitionName": f"{name}-definition",
    }
    with service.database.write() as connection:
        return add(
            connection, service.settings, "monitoring-schedule", name,
            {"MonitoringScheduleConfig": config}, now=FIRST, status="Scheduled", endpoint="loans",
            monitoring_type=kind, definition=f"{name}-definition",
        )  # fmt: skip


def _execution(
    service: Service, schedule: Any, kind: str, number: int, n_violations: int | None, **columns: Any
) -> Execution:
    at = FIRST + number * HOUR
    values: dict[str, Any] = {
        "schedule_id": schedule.id, "schedule_key": schedule.name, "schedule_name": schedule.name,
        "endpoint": "loans", "monitoring_type": kind, "scheduled_at": at + HOUR, "run": 0,
        "cause": "planned", "window_start_at": at, "window_end_at": at + HOUR,
        "status": "CompletedWithViolations" if n_violations else "Completed",
        "n_violations": n_violations, "created_at": at + HOUR, "modified_at": at + HOUR,
        "started_at": at + HOUR + timedelta(seconds=5), "ended_at": at + HOUR + timedelta(seconds=25),
    }  # fmt: skip
    made = insert(executions).values(values | columns).returning(executions.c.id)
    with service.database.write() as connection:
        found = find_execution(connection, connection.execute(made).scalar_one())
        assert found is not None
        return found


def _job(service: Service, execution: Execution, baseline: str, results: str) -> None:
    statistics, constraints = FILES[execution.monitoring_type]
    inputs = {"constraints": f"{baseline}/{constraints}", "endpoint_input_1": "s3://b/capture/2026/11/26/08"}
    inputs |= {"baseline": f"{baseline}/{statistics}"} if execution.monitoring_type == "DataQuality" else {}
    document = {
        "ProcessingInputs": [{"InputName": n, "S3Input": {"S3Uri": uri}} for n, uri in inputs.items()],
        "ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": results}}]},
        "AppSpecification": {"ImageUri": "x/sagemaker-model-monitor-analyzer"},
        "Environment": {"start_time": "2026-11-26T08:00:00Z", "end_time": "2026-11-26T09:00:00Z"},
    }
    name, at = execution.analysis_name, execution.started_at
    assert at is not None
    with service.database.write() as connection:
        add(
            connection, service.settings, "processing-job", name, document, now=at, status="Completed",
            started_at=at, ended_at=execution.ended_at, facts={"exit_message": "Completed: well done."},
        )  # fmt: skip
        lines = [(at, f"said {HOSTILE}"), (at, "the second line\tof a script")]
        append(connection, PROCESSING_GROUP, stream_of(name, at), lines)


def _keep(service: Service, execution: Execution, results: str) -> None:
    """What the job wrote; of monitors that the test did not ask as a job, what their files tell."""
    file = Path(results) / SUMMARY
    summary = read_summary(file.read_bytes()) if file.exists() else backfill(service, execution)
    assert summary is not None
    samples = [MalformedSample(place="a.jsonl:7", reason=f"no JSON: {HOSTILE}", text=HOSTILE)]
    told = {"merge": MergeSummary(n_requests=400, n_matched=300, n_waiting=100), "malformed": samples}
    with service.database.write() as connection:
        keep(connection, execution, summary.model_copy(update=told | {"n_malformed": 1}))


def _without_results(service: Service, schedule: str, number: int, status: str, reason: str) -> int:
    with service.database.read() as connection:
        found = find(connection, "monitoring-schedule", schedule)
    told = {"status": status, "failure_reason": reason}
    return _execution(service, found, "DataQuality", number, None, **told).id
