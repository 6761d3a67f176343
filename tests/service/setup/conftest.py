"""Services to set monitoring up in: one with a store and an endpoint that captures, one with old windows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analysed_windows import HOUR, _windows, people
from leeboard.api.running import open_service
from leeboard.capture.spool import Spool
from leeboard.hosting.mapping import ModelMap
from leeboard.service.arns import DEFINITIONS, ENDPOINT, SCHEDULE
from leeboard.service.resources import add, change, find
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from leeboard.storage import write_bytes
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.s3 import OBJECTS

NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service with a bucket, and an endpoint whose captures of one hour are there."""
    monkeypatch.setenv(OBJECTS, str(tmp_path / "objects"))
    service = open_service(Settings(home=tmp_path), ModelMap(()))
    ObjectFolder(service.settings.objects).buckets.create("house")
    facts = {
        "capture": {"DestinationS3Uri": "s3://house/capture", "EnableCapture": True},
        "variants": [{"name": "all", "model": "churn-7", "weight": 1.0, "count": 1, "containers": []}],
    }
    with service.database.write() as connection:
        add(connection, service.settings, ENDPOINT, "churn", {}, now=NOW, status="InService", facts=facts)
    write_bytes("s3://house/capture/churn/all/2026/11/26/09/a.jsonl", _captured(40))
    yield service
    service.database.close()


def _captured(n: int) -> bytes:
    lines = [
        {
            "captureData": {
                "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": f"{i},x",
                                  "encoding": "CSV"},
                "endpointOutput": {"observedContentType": "text/csv", "mode": "OUTPUT", "data": "0.5",
                                   "encoding": "CSV"},
            },
            "eventMetadata": {"eventId": f"e{i}", "inferenceTime": "2026-11-26T09:10:00Z"},
            "eventVersion": "0",
        }
        for i in range(n)
    ]  # fmt: skip
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """On SQLite alone: nothing here asks a database for anything of its own."""
    settings = Settings(home=tmp_path)
    database = Database(settings.state_url)
    yield Service(settings, database, Routes(database, ModelMap(())), Spool(tmp_path / "spool"))
    database.close()


@pytest.fixture
def old_windows(service: Service, tmp_path: Path) -> Service:
    """Schedules of data quality ("data") and model quality ("quality") with two windows, the second bad."""
    before, frames = people(300, 1), [people(200, 2), people(200, 3, factor=3.0, bonus=0.6)]
    for kind in ("DataQuality", "ModelQuality"):
        _windows(service, tmp_path, kind, before, frames)
    for name, kind in (("data", "DataQuality"), ("quality", "ModelQuality")):
        _define(service, tmp_path, name, kind)
    return service


def _define(service: Service, home: Path, name: str, kind: str) -> None:
    folder = home / name / "baseline"
    baseline: dict[str, Any] = {"ConstraintsResource": {"S3Uri": f"{folder}/constraints.json"}}
    if kind == "DataQuality":
        baseline["StatisticsResource"] = {"S3Uri": f"{folder}/statistics.json"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
    output = {"S3Uri": f"{home}/reports", "LocalPath": "/opt/ml/processing/output"}
    source = {"EndpointName": "loans", "LocalPath": "/opt/ml/processing/input/endpoint"}
    labels = {"GroundTruthS3Input": {"S3Uri": f"{home}/labels"}} if kind == "ModelQuality" else {}
    document = {
        "JobDefinitionName": f"{name}-definition",
        "RoleArn": "arn:aws:iam::000000000000:role/Monitoring",
        "JobResources": {"ClusterConfig": cluster},
        f"{kind}AppSpecification": {"ImageUri": "sagemaker-model-monitor-analyzer"},
        f"{kind}BaselineConfig": baseline,
        f"{kind}JobInput": {"EndpointInput": source, **labels},
        f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
    }
    capture = {"DestinationS3Uri": f"{home}/capture", "EnableCapture": True}
    with service.database.write() as connection:
        add(connection, service.settings, DEFINITIONS[kind], f"{name}-definition", document, now=NOW,
            endpoint="loans", monitoring_type=kind)  # fmt: skip
        add(connection, service.settings, ENDPOINT, "loans", {}, now=NOW, status="InService",
            facts={"capture": capture})  # fmt: skip
        found = find(connection, SCHEDULE, name)
        assert found is not None
        change(connection, found, now=NOW, due_at=NOW + HOUR)
