"""A job in the hands of several workers, one after another."""

import json
import subprocess
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from leeboard.clock import now
from leeboard.jobs.containers.leftovers import owner
from leeboard.jobs.local.mapping import JobMap, JobRoute
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.queue import claim, put
from leeboard.service.resources import add, find
from leeboard.service.work.processing import remove_leftovers, run
from leeboard.service.work.task import Task
from leeboard.state.tables import log_events

NAME = "twice"
AT = datetime(2026, 1, 1, tzinfo=UTC)
GONE = "1 0 another boot"
"""A server that does not run."""
REQUEST: dict[str, Any] = {
    "ProcessingJobName": NAME,
    "AppSpecification": {"ImageUri": "x/sagemaker-model-monitor-analyzer"},
    "RoleArn": "arn:aws:iam::123456789012:role/x",
    "ProcessingResources": {
        "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
    },
}


def begun_by_a_server_that_ends(service):
    """Claims the job and runs it in a server that is closing, which puts it back."""
    held = claim(service.database, "me", ["job"], now=now() + timedelta(minutes=1), lease_s=60)
    task = Task(service, None, held)
    task.is_closing.set()
    with service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, NAME)
    assert run(task, job) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, "The outputs of the job cannot be uploaded: "),
        (3, "The program ended with exit code 3"),
    ],
)
def test_outputs_that_the_store_refuses_fail_the_job_at_once(service, tmp_path, monkeypatch, code, reason):
    monkeypatch.setenv("LEEBOARD_OBJECTS", str(tmp_path / "objects"))
    command = f"sh -c 'echo 1 > $LEEBOARD_ROOT/opt/ml/output/x; exit {code}'"
    programs = JobMap((JobRoute(image="own", command=command),))
    service = replace(service, settings=replace(service.settings, jobs=programs))
    place = {"S3Uri": "s3://nowhere/out", "LocalPath": "/opt/ml/output", "S3UploadMode": "EndOfJob"}
    outputs = {"Outputs": [{"OutputName": "out", "S3Output": place}]}
    asked = REQUEST | {"AppSpecification": {"ImageUri": "own"}, "ProcessingOutputConfig": outputs}
    with service.database.write() as connection:
        job = add(connection, service.settings, PROCESSING_JOB, NAME, asked, now=AT, status="InProgress")
        put(connection, "job", NAME, ready_at=AT)
    end = run(Task(service, None, claim(service.database, "me", ["job"], now=now(), lease_s=60)), job)
    assert (end.state, end.exit_code, end.is_retryable) == ("Failed", code, False)
    assert end.message.startswith(reason)
    with service.database.read() as connection:
        told = connection.execute(select(log_events.c.message)).scalars().all()
    assert any(line.startswith("The outputs of the job cannot be uploaded: ") for line in told)


def test_a_job_that_is_begun_again_has_one_stream_with_the_lines_of_all_attempts(service):
    with service.database.write() as connection:
        add(connection, service.settings, PROCESSING_JOB, NAME, REQUEST, now=AT, status="InProgress")
        put(connection, "job", NAME, ready_at=AT)
    for _ in range(2):
        begun_by_a_server_that_ends(service)
    with service.database.read() as connection:
        rows = connection.execute(select(log_events.c.stream, log_events.c.message)).all()
    assert sum(row.message.startswith("job arn:") for row in rows) == 2
    assert len({row.stream for row in rows}) == 1


@pytest.fixture
def leave(service):
    """Makes the scratch folder of a job that a server ran, with a process that is the job's; both."""
    with ExitStack() as stack:

        def one(name, of, status=None):
            if status:
                with service.database.write() as connection:
                    add(connection, service.settings, PROCESSING_JOB, name, REQUEST, now=AT, status=status)
            scratch = service.settings.scratch / name / "1"
            scratch.mkdir(parents=True)
            (scratch / "owner").write_text(of)
            variables = {"TMPDIR": str(scratch / "tmp"), "PATH": "/usr/bin:/bin"}
            process = stack.enter_context(subprocess.Popen(["sleep", "600"], env=variables))
            stack.callback(process.kill)
            return scratch, process

        yield one


def test_processes_of_servers_that_are_gone_end_with_the_next_start(service, leave):
    scratch, left = leave("unfinished", GONE, "InProgress")
    living, kept = leave("of-another", owner(), "InProgress")
    remove_leftovers(service)
    assert left.wait(60) == -9
    assert kept.poll() is None
    assert scratch.is_dir()
    assert living.is_dir()


def test_folders_of_jobs_that_nobody_runs_again_are_removed(service, leave):
    ended, unknown, living = (
        leave(name, of, status)[0].parent
        for name, of, status in (("a", GONE, "Failed"), ("b", GONE, None), ("c", owner(), None))
    )
    remove_leftovers(service)
    assert not ended.exists()
    assert not unknown.exists()
    assert living.is_dir()


def test_an_engine_that_does_not_answer_keeps_no_server_from_starting(service, leave):
    scratch, left = leave("contained", GONE, "Failed")
    told = {"engine": f"unix://{scratch}/none.sock", "container": "x", "owner": GONE}
    (scratch / "container.json").write_text(json.dumps(told))
    _, other = leave("other", GONE, "Failed")
    remove_leftovers(service)
    assert (left.wait(60), other.wait(60)) == (-9, -9)
    assert scratch.is_dir()
    assert not (scratch.parent.parent / "other").exists()


def test_what_runs_in_another_container_of_this_machine_is_nobody_elses_to_end(service, leave):
    """Its process has another number there, and cannot be seen from here."""
    _, started, boot, namespace = owner().split()
    _, process = leave("elsewhere", f"1 {started} {boot} x{namespace}")
    remove_leftovers(service)
    assert process.poll() is None
