"""A service without a server: its state on each database, and things to do at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from leeboard.capture.spool import Spool
from leeboard.hosting.mapping import ModelMap
from leeboard.service.resources import Resource, add
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from leeboard.state.tables import executions

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def service(database: Database, tmp_path: Path) -> Service:
    settings = Settings(home=tmp_path)
    return Service(settings, database, Routes(database, ModelMap(())), Spool(tmp_path / "spool"))


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Calls a function in N threads at the same moment, with the number of the thread; what each gave."""

    def call(n: int, function: Callable[[int], T]) -> list[T]:
        start = Barrier(n)

        def one(number: int) -> T:
            start.wait(120)
            return function(number)

        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(one, range(n)))

    return call


@pytest.fixture
def add_schedule(service: Service) -> Callable[..., Resource]:
    """An hourly schedule of an inline definition, due at `due_at`."""

    def make(name: str = "hourly", expression: str = "cron(0 * ? * * *)", **columns: Any) -> Resource:
        document = {
            "ScheduleConfig": {"ScheduleExpression": expression},
            "MonitoringJobDefinition": DEFINITION,
            "MonitoringType": "DataQuality",
        }
        document = {"MonitoringScheduleConfig": document}
        given = {"status": "Scheduled", "endpoint": "churn", "monitoring_type": "DataQuality"} | columns
        with service.database.write() as connection:
            return add(
                connection, service.settings, "monitoring-schedule", name, document,
                now=NOW - 1000 * HOUR, **given,
            )  # fmt: skip

    return make


@pytest.fixture
def planned(service: Service) -> Callable[[], list[Any]]:
    """The executions that there are, by scheduled time."""

    def read() -> list[Any]:
        with service.database.read() as connection:
            order = (executions.c.scheduled_at, executions.c.id)
            return list(connection.execute(select(executions).order_by(*order)))

    return read


DEFINITION = {
    "MonitoringInputs": [
        {"EndpointInput": {"EndpointName": "churn", "LocalPath": "/opt/ml/processing/input/endpoint"}}
    ],
    "MonitoringOutputConfig": {
        "MonitoringOutputs": [
            {"S3Output": {"S3Uri": "s3://b/reports", "LocalPath": "/opt/ml/processing/output"}}
        ]
    },
    "MonitoringResources": {
        "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
    },
    "MonitoringAppSpecification": {"ImageUri": "x/sagemaker-model-monitor-analyzer"},
    "RoleArn": "arn:aws:iam::123456789012:role/x",
}
