"""A home folder with a store as large as a big team's: `python tools/make_large_store.py DIR`.

Endpoints with models, ten schedules each of the four monitors, hourly executions with their summaries
and alerts. The rows go straight into the tables, as a million executions take a month to run.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from leeboard.formats.summary import (
    AttributionSummary,
    BiasSummary,
    FeatureColumns,
    MeasureSummary,
    ScoreSummary,
    SeenViolation,
    Summary,
)
from leeboard.service.arns import DEFINITIONS, ENDPOINT, ENDPOINT_CONFIG, MODEL, SCHEDULE, arn_of
from leeboard.service.packed_summaries import pack
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from leeboard.state.tables import alert_changes, alerts, executions, resources, window_summaries

TYPES = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
HOUR = timedelta(hours=1)
BATCH = 20_000
N_FEATURES = 20
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/xgboost:1.7-1"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
STORE = "s3://sagemaker-us-east-1-000000000000"


def make_store(
    home: Path,
    *,
    n_endpoints: int,
    n_schedules: int,
    n_executions: int,
    n_summaries: int,
    until: datetime,
    database_url: str | None = None,
) -> Settings:
    """Fill an empty home folder, or an empty database beside it.

    Args:
        n_summaries: of each schedule, for its latest windows.
        until: the last hour; it is cut to the full hour.
    """
    settings = Settings(home=home, database_url=database_url)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.state_url)
    last = until.replace(minute=0, second=0, microsecond=0)
    chance = random.Random(7)
    with database.write() as connection:
        _many(connection, resources, _endpoints(settings, n_endpoints, last))
        schedules = list(_schedules(settings, n_endpoints, n_schedules, last))
        _many(connection, resources, iter(schedules))
        kind = resources.c.kind == SCHEDULE
        first = connection.execute(resources.select().where(kind).order_by(resources.c.id).limit(1)).one().id
        _many(connection, alerts, _alerts(schedules, first, last))
        per_schedule = n_executions // n_schedules
        rows = _executions(schedules, first, per_schedule, last, chance)
        _many(connection, executions, rows)
        _many(connection, alert_changes, _changes(schedules, first, last, chance))
        _many(
            connection,
            window_summaries,
            _summaries(schedules, first, per_schedule, n_summaries, last, chance),
        )
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()
    return settings


def _many(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)


def _resource(settings: Settings, kind: str, name: str, at: datetime, **columns: Any) -> dict[str, Any]:
    empty = {"status": "", "endpoint": None, "monitoring_type": None, "definition": None, "due_at": None}
    return {
        "kind": kind, "key": name.lower(), "name": name, "arn": arn_of(settings, kind, name),
        "created_at": at, "modified_at": at, "document": {}, "facts": {}, **empty, **columns,
    }  # fmt: skip


def _endpoints(settings: Settings, n_endpoints: int, last: datetime) -> Iterator[dict[str, Any]]:
    at = last - timedelta(days=60)
    for number in range(n_endpoints):
        name = f"endpoint-{number:04}"
        model = {
            "ModelName": f"model-{number:04}",
            "PrimaryContainer": {"Image": IMAGE},
            "ExecutionRoleArn": "arn",
        }
        capture = {
            "EnableCapture": True, "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"{STORE}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        }  # fmt: skip
        variants = [{"VariantName": "AllTraffic", "ModelName": model["ModelName"], "InitialInstanceCount": 1,
                     "InstanceType": "ml.m5.large", "InitialVariantWeight": 1.0}]  # fmt: skip
        config = {
            "EndpointConfigName": f"config-{number:04}",
            "ProductionVariants": variants,
            "DataCaptureConfig": capture,
        }
        yield _resource(settings, MODEL, f"model-{number:04}", at, document=model)
        yield _resource(settings, ENDPOINT_CONFIG, f"config-{number:04}", at, document=config)
        deployed = [{"name": "AllTraffic", "model": model["ModelName"], "weight": 1.0, "count": 1,
                     "containers": [], "startup_s": 600}]  # fmt: skip
        yield _resource(
            settings, ENDPOINT, name, at, status="InService",
            document={"EndpointName": name, "EndpointConfigName": f"config-{number:04}"},
            facts={"capture": capture, "config": f"config-{number:04}", "variants": deployed},
        )  # fmt: skip


def _schedules(settings: Settings, n_endpoints: int, n: int, last: datetime) -> Iterator[dict[str, Any]]:
    at = last - timedelta(days=50)
    for number in range(n):
        monitoring_type = TYPES[number // n_endpoints % 4]
        endpoint = f"endpoint-{number % n_endpoints:04}"
        name = f"{endpoint}-{monitoring_type.lower()}-{number // n_endpoints}"
        definition = f"{name}-definition"
        config = {
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinitionName": definition, "MonitoringType": monitoring_type,
        }  # fmt: skip
        yield _resource(
            settings, DEFINITIONS[monitoring_type], definition, at, endpoint=endpoint,
            document=_definition(definition, monitoring_type, endpoint),
        )  # fmt: skip
        yield _resource(
            settings, SCHEDULE, name, at, status="Scheduled", endpoint=endpoint,
            monitoring_type=monitoring_type, definition=definition, due_at=last + HOUR,
            document={"MonitoringScheduleConfig": config},
        )  # fmt: skip


def _definition(name: str, monitoring_type: str, endpoint: str) -> dict[str, Any]:
    output = {"S3Output": {"S3Uri": f"{STORE}/reports", "LocalPath": "/opt/ml/processing/output"}}
    return {
        "JobDefinitionName": name,
        f"{monitoring_type}AppSpecification": {"ImageUri": ANALYZER},
        f"{monitoring_type}JobInput": {
            "EndpointInput": {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/input/endpoint"}
        },
        f"{monitoring_type}JobOutputConfig": {"MonitoringOutputs": [output]},
        f"{monitoring_type}BaselineConfig": {
            "ConstraintsResource": {"S3Uri": f"{STORE}/baseline/constraints.json"}
        },
        "JobResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
        },
        "RoleArn": "arn:aws:iam::000000000000:role/Monitoring",
    }


def _of_kind(schedules: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Schedules with how far they stand from the first one: definitions stand between them."""
    for at, row in enumerate(schedules):
        if row["kind"] == SCHEDULE:
            yield at - 1, row


def _alerts(schedules: list[dict[str, Any]], first: int, last: datetime) -> Iterator[dict[str, Any]]:
    for offset, row in _of_kind(schedules):
        yield {
            "schedule_id": first + offset, "schedule_key": row["key"], "name": row["name"],
            "status": "InAlert" if offset % 40 == 0 else "OK",
            "datapoints_to_alert": 1, "evaluation_period": 1, "created_at": last, "modified_at": last,
        }  # fmt: skip


def _executions(
    schedules: list[dict[str, Any]], first: int, n: int, last: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    rows = [(first + offset, row) for offset, row in _of_kind(schedules)]
    for hour in range(n - 1, -1, -1):
        scheduled_at = last - hour * HOUR
        for schedule_id, row in rows:
            status = chance.choices(("Completed", "CompletedWithViolations", "Failed"), (90, 8, 2))[0]
            yield {
                "schedule_id": schedule_id, "schedule_key": row["key"], "schedule_name": row["name"],
                "endpoint": row["endpoint"], "monitoring_type": row["monitoring_type"],
                "definition": row["definition"], "scheduled_at": scheduled_at, "run": 0, "cause": "planned",
                "window_start_at": scheduled_at - HOUR, "window_end_at": scheduled_at, "status": status,
                "failure_reason": "Job inputs had no data" if status == "Failed" else None, "job_name": None,
                "n_violations": {"Completed": 0, "CompletedWithViolations": 3}.get(status),
                "started_at": scheduled_at, "ended_at": scheduled_at + timedelta(seconds=4),
                "created_at": scheduled_at, "modified_at": scheduled_at,
            }  # fmt: skip


def _changes(
    schedules: list[dict[str, Any]], first: int, last: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for offset, row in _of_kind(schedules):
        for status in ("InAlert", "OK"):
            yield {
                "schedule_id": first + offset, "schedule_key": row["key"], "schedule_name": row["name"],
                "alert_name": row["name"], "status": status,
                "created_at": last - timedelta(hours=chance.uniform(0, 1000)),
            }  # fmt: skip


def _summaries(
    schedules: list[dict[str, Any]],
    first: int,
    per_schedule: int,
    n: int,
    last: datetime,
    chance: random.Random,
) -> Iterator[dict[str, Any]]:
    """Of the latest windows; executions are numbered hour by hour from 1."""
    rows = [(first + offset, row) for offset, row in _of_kind(schedules)]
    kept = {kind: [_packed(_summary(kind, chance)) for _ in range(50)] for kind in TYPES}
    for hour in range(min(n, per_schedule) - 1, -1, -1):
        start = (per_schedule - 1 - hour) * len(rows) + 1
        for at, (schedule_id, row) in enumerate(rows):
            yield {
                "execution_id": start + at, "schedule_id": schedule_id, "scheduled_at": last - hour * HOUR,
                "document": chance.choice(kept[row["monitoring_type"]]),
            }  # fmt: skip


def _packed(summary: Summary) -> bytes:
    return pack(summary)


def _summary(kind: str, chance: random.Random) -> Summary:
    if kind == "ModelQuality":
        return Summary(monitors=["model-quality"], n_rows=1000, measures=list(_measures(chance)))
    if kind == "ModelBias":
        return Summary(monitors=["bias"], n_rows=1000, bias=list(_bias(chance)))
    if kind == "ModelExplainability":
        scores = [ScoreSummary(label="label0", ndcg=chance.uniform(0.85, 1), limit=0.9)]
        return Summary(
            monitors=["attribution"], n_rows=1000, scores=scores, attributions=list(_attributions(chance))
        )
    broken = SeenViolation(
        monitor="data-quality", check="baseline_drift_check", subject="feature_3", effect=0.4,
        description="Baseline drift distance: 0.4 exceeds threshold: 0.1",
    )  # fmt: skip
    return Summary(
        monitors=["data-quality"],
        n_rows=1000,
        n_violations=1,
        features=_features(chance),
        violations=[broken],
    )


def _features(chance: random.Random) -> FeatureColumns:
    names = [f"feature_{number}" for number in range(N_FEATURES)]
    distances: list[float | None] = [round(chance.expovariate(20), 4) for _ in names]
    n = len(names)
    return FeatureColumns(
        name=names, type=["Fractional"] * n, n_present=[990] * n, n_missing=[10] * n, completeness=[0.99] * n,
        distance=distances, limit=[0.1] * n, test=["linf"] * n,
        is_drifted=[d > 0.1 for d in distances if d is not None],
        n_violations=[int((d or 0) > 0.1) for d in distances], mean=[chance.gauss(0, 1) for _ in names],
        std_dev=[1.0] * n, minimum=[-3.0] * n, maximum=[3.0] * n,
        n_distinct=[900.0] * n, use=[(d or 0) / 0.1 for d in distances],
    )  # fmt: skip


def _measures(chance: random.Random) -> Iterator[MeasureSummary]:
    for name in ("accuracy", "precision", "recall", "f1", "auc"):
        value = chance.uniform(0.8, 0.95)
        yield MeasureSummary(
            name=name, value=value, deviation=0.01, baseline=0.9, limit=0.85,
            operator="LessThanThreshold", is_broken=value < 0.85,
        )  # fmt: skip


def _bias(chance: random.Random) -> Iterator[BiasSummary]:
    for metric in ("DPPL", "DI", "AD", "RD"):
        value = chance.uniform(-0.2, 0.2)
        yield BiasSummary(
            facet="sex", group="F", metric=metric, stage="post_training", value=value, low=value - 0.05,
            high=value + 0.05, baseline=0.0, baseline_low=-0.1, baseline_high=0.1,
            is_broken=abs(value) > 0.15,
        )  # fmt: skip


def _attributions(chance: random.Random) -> Iterator[AttributionSummary]:
    values = sorted((chance.random() for _ in range(N_FEATURES)), reverse=True)
    for rank, value in enumerate(values, 1):
        yield AttributionSummary(
            label="label0",
            feature=f"feature_{rank - 1}",
            value=value,
            rank=rank,
            baseline=value,
            baseline_rank=rank,
        )


def main() -> None:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--endpoints", type=int, default=500)
    parser.add_argument("--schedules", type=int, default=5000)
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--summaries", type=int, default=48)
    parser.add_argument("--database-url", help="an empty database; by default a file in the home folder")
    given = parser.parse_args()
    make_store(
        given.home, n_endpoints=given.endpoints, n_schedules=given.schedules,
        n_executions=given.executions, n_summaries=given.summaries, until=datetime.now(UTC),
        database_url=given.database_url,
    )  # fmt: skip


if __name__ == "__main__":
    main()
