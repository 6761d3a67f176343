"""Services with old history: executions with jobs and summaries, whose times tests choose."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from leeboard.api.running import open_service
from leeboard.formats.summary import Summary
from leeboard.hosting.mapping import ModelMap
from leeboard.service.arns import PROCESSING_JOB, arn_of
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.packed_summaries import pack
from leeboard.service.resources import Resource, add, set_tags
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.tables import alerts, executions, resources, tags, window_summaries
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.s3 import OBJECTS

NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)
DAY = timedelta(days=1)
PACKED = pack(Summary(monitors=["data-quality"], n_rows=3))


def add_job(
    service: Service, name: str, at: datetime, *, status: str = "Completed", **given: Any
) -> Resource:
    document, facts = given.pop("document", {}), given.pop("facts", {})
    kind = given.pop("kind", PROCESSING_JOB)
    with service.database.write() as connection:
        job = add(connection, service.settings, kind, name, document, now=at, status=status, facts=facts)
        assert job
        set_tags(connection, job.arn, [{"Key": "team", "Value": "risk"}])
        return job


@pytest.fixture
def add_windows(service: Service) -> Callable[..., list[Execution]]:
    """Executions of a schedule that were made so many days ago, each with its job and its summary."""

    def make(
        schedule: Resource, *days: float, status: str = "Completed", jobs: bool = True
    ) -> list[Execution]:
        made = []
        for age in sorted(days, reverse=True):
            at = NOW - DAY * age
            row = {
                "schedule_id": schedule.id, "schedule_key": schedule.name, "schedule_name": schedule.name,
                "endpoint": schedule.endpoint, "monitoring_type": "DataQuality", "scheduled_at": at, "run": 0,
                "cause": "planned", "window_start_at": at - timedelta(hours=1), "window_end_at": at,
                "status": status, "ended_at": at, "created_at": at, "modified_at": at,
            }  # fmt: skip
            with service.database.write() as connection:
                found = connection.execute(insert(executions).values(row).returning(*COLUMNS)).one()
                one = Execution.of(found)
                name = one.analysis_name
                connection.execute(update(executions).where(executions.c.id == one.id).values(job_name=name))
                told = {"execution_id": one.id, "schedule_id": schedule.id, "scheduled_at": at}
                connection.execute(insert(window_summaries).values(document=PACKED, **told))
            if jobs:
                add_job(service, name, at, facts={"schedule_id": schedule.id})
            made.append(one)
        return made

    return make


def ids(service: Service) -> list[int]:
    with service.database.read() as connection:
        return list(connection.execute(select(executions.c.id).order_by(executions.c.id)).scalars())


def names(service: Service, kind: str = PROCESSING_JOB) -> set[str]:
    """Of the resources of a kind; each has its tags, and no tags are without theirs."""
    with service.database.read() as connection:
        query = select(resources.c.name).where(resources.c.kind == kind)
        known = select(resources.c.arn)
        orphans = select(func.count()).select_from(tags).where(tags.c.arn.not_in(known))
        assert connection.execute(orphans).scalar_one() == 0
        return set(connection.execute(query).scalars())


def n_summaries(service: Service) -> int:
    with service.database.read() as connection:
        return connection.execute(select(func.count()).select_from(window_summaries)).scalar_one()


def add_alert(service: Service, schedule: Resource, period: int) -> None:
    """AWS's own, which looks at so many executions."""
    row = {
        "schedule_id": schedule.id, "schedule_key": schedule.name, "name": schedule.name, "status": "OK",
        "datapoints_to_alert": 1, "evaluation_period": period, "created_at": NOW, "modified_at": NOW,
    }  # fmt: skip
    with service.database.write() as connection:
        connection.execute(insert(alerts).values(row))


def total(found: Iterator[Counter[str]]) -> Counter[str]:
    return sum(found, Counter())


def job_arn(service: Service, name: str) -> str:
    return arn_of(service.settings, PROCESSING_JOB, name)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service with a bucket in its home."""
    monkeypatch.setenv(OBJECTS, str(tmp_path / "objects"))
    opened = open_service(Settings(home=tmp_path), ModelMap(()))
    ObjectFolder(opened.settings.objects).buckets.create("house")
    yield opened
    opened.database.close()


def touch(service: Service, uri: str, at: datetime) -> None:
    """Give an object of the store the time that its file would have."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    os.utime(service.settings.objects / bucket / key, (at.timestamp(), at.timestamp()))
