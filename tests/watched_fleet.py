"""Endpoints, schedules and their runs, put into a service's state without a server."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from leeboard.formats.summary import FeatureColumns, Summary
from leeboard.service import alerts, summaries
from leeboard.service.arns import ENDPOINT, MODEL, SCHEDULE, TRANSFORM_JOB
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.resources import Resource, add
from leeboard.service.service import Service
from leeboard.state.tables import executions, resources

NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = "Job inputs had no data"


@dataclass
class Fleet:
    """Puts things into the state as of a time."""

    service: Service
    now: datetime = NOW

    def endpoint(self, name: str, model: str = "") -> Resource:
        model = model or f"{name}-model"
        capture = {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://b/capture",
        }
        containers = [{"Image": "x/own:1", "ModelDataUrl": "s3://b/model.tar.gz"}]
        variant = {"name": "AllTraffic", "model": model, "weight": 1.0, "count": 1, "containers": containers}
        facts = {"config": f"{name}-config", "capture": capture, "variants": [variant]}
        self.model(model)
        return self._add(ENDPOINT, name, {}, status="InService", facts=facts)

    def model(self, name: str) -> Resource:
        return self._add(MODEL, name, {"PrimaryContainer": {"Image": "x/own:1"}})

    def transform(self, name: str, model: str, place: str) -> Resource:
        document = {"ModelName": model, "DataCaptureConfig": {"DestinationS3Uri": place}}
        return self._add(TRANSFORM_JOB, name, document, status="Completed")

    def schedule(
        self,
        name: str,
        endpoint: str | None = "churn",
        kind: str = "DataQuality",
        *,
        place: str = "",
        **columns: Any,
    ) -> Resource:
        """Hourly and enabled, unless the columns say otherwise."""
        local = {"LocalPath": "/opt/ml/processing/input"}
        source: dict[str, Any] = {"EndpointInput": {"EndpointName": endpoint} | local}
        if endpoint is None:
            source = {"BatchTransformInput": {"DataCapturedDestinationS3Uri": place} | local}
        config = {
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinition": INLINE | {"MonitoringInputs": [source]},
            "MonitoringType": kind,
        }
        given = {"status": "Scheduled", "due_at": self.now.replace(minute=0) + HOUR} | columns
        document = {"MonitoringScheduleConfig": config}
        made = self._add(SCHEDULE, name, document, endpoint=endpoint, monitoring_type=kind, **given)
        with self.service.database.write() as connection:
            alerts.add_alert(connection, made, now=made.created_at)
        return made

    def run(
        self,
        schedule: Resource,
        hours_ago: int,
        status: str = "Completed",
        *,
        reason: str | None = None,
        n_violations: int | None = None,
        summary: Summary | None = None,
        run: int = 0,
    ) -> int:
        """An execution of the full hour so long ago; gives its number."""
        at = self.now.replace(minute=0) - hours_ago * HOUR
        is_over = status in ("Completed", "CompletedWithViolations", "Failed", "Stopped")
        values = {
            "schedule_id": schedule.id, "schedule_key": schedule.name.lower(), "schedule_name": schedule.name,
            "endpoint": schedule.endpoint, "monitoring_type": schedule.monitoring_type, "scheduled_at": at,
            "run": run, "cause": "planned", "window_start_at": at - HOUR, "window_end_at": at,
            "status": status,
            "failure_reason": reason, "n_violations": n_violations, "started_at": at if is_over else None,
            "ended_at": at + timedelta(seconds=5) if is_over else None, "created_at": at, "modified_at": at,
        }  # fmt: skip
        with self.service.database.write() as connection:
            row = connection.execute(insert(executions).values(values).returning(*COLUMNS)).one()
            if summary is not None:
                summaries.keep(connection, Execution.of(row), summary)
            alerts.evaluate(connection, schedule.id, now=at + timedelta(seconds=5))
        return int(row.id)

    def since(self, resource: Resource, at: datetime) -> None:
        """It was made at that time."""
        with self.service.database.write() as connection:
            changed = update(resources).where(resources.c.id == resource.id)
            connection.execute(changed.values(created_at=at, modified_at=at))

    def _add(self, kind: str, name: str, document: dict[str, Any], **columns: Any) -> Resource:
        with self.service.database.write() as connection:
            made = add(
                connection, self.service.settings, kind, name, document, now=self.now - 1000 * HOUR, **columns
            )  # fmt: skip
        assert made is not None
        return made


def drifting(distances: dict[str, float], *, limit: float = 0.1, completeness: float = 1.0) -> Summary:
    """A window of data quality with a distance for each feature."""
    n, values = len(distances), list(distances.values())
    features = FeatureColumns(
        name=list(distances), type=["Fractional"] * n, completeness=[completeness] * n, distance=values,
        limit=[limit] * n, use=[value / limit for value in values],
        is_drifted=[value > limit for value in values],
        n_violations=[int(value > limit) for value in values],
    )  # fmt: skip
    n_bad = sum(value > limit for value in values)
    return Summary(monitors=["data-quality"], n_rows=100, n_violations=n_bad, features=features)


OUTPUT = {"S3Output": {"S3Uri": "s3://b/reports", "LocalPath": "/opt/ml/processing/output"}}
INLINE = {
    "MonitoringOutputConfig": {"MonitoringOutputs": [OUTPUT]},
    "MonitoringResources": {
        "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
    },
    "MonitoringAppSpecification": {"ImageUri": "x/sagemaker-model-monitor-analyzer"},
    "BaselineConfig": {"ConstraintsResource": {"S3Uri": "s3://b/baseline/constraints.json"}},
    "RoleArn": "arn:aws:iam::123456789012:role/x",
}
