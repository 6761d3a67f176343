"""Dry runs are jobs in the queue, one after another, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from leeboard.errors import NotFoundError
from leeboard.service import jobs
from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE
from leeboard.service.resources import find, find_all
from leeboard.service.setup import trials
from leeboard.service.setup.wanted import BaselineWanted
from leeboard.state.tables import work
from leeboard.storage import write_bytes

from .conftest import NOW
from .test_making import ALL, ONE


def ready(service: Any) -> dict[str, bool]:
    """By name of the job, whether it may begin now."""
    with service.database.read() as connection:
        found = connection.execute(select(work.c.subject, work.c.ready_at))
        return {row.subject.rpartition("-")[2]: row.ready_at <= NOW for row in found}


def test_a_dry_run_is_a_job_over_the_last_window_and_makes_nothing_else(store: Any) -> None:
    begun = trials.begin(store, ONE, "DataQuality", NOW)
    assert (begun.window.start_at.hour, begun.window.end_at.hour) == (9, 10)
    assert ready(store) == {"analysis": True}
    assert trials.stands(store, begun.key).state == "waiting"
    with store.database.read() as connection:
        job = find(connection, PROCESSING_JOB, trials.name_of(begun.key, "analysis"))
        assert not find_all(connection, SCHEDULE)
        assert not find_all(connection, DEFINITIONS["DataQuality"])
    assert job
    folder = job.document["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    assert folder.startswith(f"s3://house/reports/dry-runs/{begun.key}/")


def test_a_window_without_data_says_where_it_was_looked_for(store: Any) -> None:
    begun = trials.begin(store, ONE, "DataQuality", NOW.replace(hour=15))
    assert "no capture file in the window 2026-11-26T14:00:00Z" in begun.reason
    assert ready(store) == {}


def test_baseline_merge_and_analysis_wait_for_one_another(store: Any) -> None:
    write_bytes("s3://house/labels/2026/11/26/09/a.jsonl", b"{}\n")
    write_bytes("s3://house/people.csv", b"left,p\n1,0.5\n")
    data = BaselineWanted(kind="data", data="s3://house/people.csv", data_probability="p")
    answers = replace(ALL.answers, wait_h=0)
    wanted = replace(ALL, monitors=("ModelQuality",), answers=answers, baseline=data)
    begun = trials.begin(store, wanted, "ModelQuality", NOW)
    assert ready(store) == {"baseline": True, "merge": False, "analysis": False}
    _end(store, begun.key, "baseline", "Completed")
    assert ready(store)["merge"] is True
    _end(store, begun.key, "merge", "Failed")
    stood = trials.stands(store, begun.key)
    assert (stood.state, stood.step, stood.reason) == ("failed", "merge", "no label fits")


def test_a_window_without_labels_says_so(store: Any) -> None:
    write_bytes("s3://house/labels/2026/11/26/09/a.jsonl", b"{}\n")
    wanted = replace(ALL, monitors=("ModelQuality",), answers=replace(ALL.answers, wait_h=0))
    begun = trials.begin(store, wanted, "ModelQuality", NOW)
    _end(store, begun.key, "merge", "Completed")
    _end(store, begun.key, "analysis", "Failed", "No S3 objects found under S3 URL s3://house/x/merge")
    stood = trials.stands(store, begun.key)
    assert stood.state == "no data"
    assert stood.reason.startswith("No record that was captured in the window has a label yet")


def _end(service: Any, key: str, step: str, status: str, failure: str = "no label fits") -> None:
    with service.database.write() as connection:
        job = find(connection, PROCESSING_JOB, trials.name_of(key, step))
        assert job
        jobs.end(connection, job, status, now=NOW, failure=None if status == "Completed" else failure)


def test_a_dry_run_that_nobody_began_is_not_there(store: Any) -> None:
    with pytest.raises(NotFoundError, match="no dry run"):
        trials.stands(store, "abc")
