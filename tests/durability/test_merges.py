"""Executions of a merge and an analysis whose servers and jobs end between any two of their steps."""

import os
import signal
from typing import Any

import pytest
from monitored import ENDPOINT, faults, found, merged_keys, n_begun_again, n_final, n_work, set_due
from servers import Server, is_there, kill_process, wait_until
from sqlalchemy import select

from leeboard.service.arns import PROCESSING_JOB
from leeboard.state.tables import resources

DONE_S = 120
MERGE, ANALYSIS = "groundtruth-merge-", "model-quality-monitoring-"
KIND, PROCESSING = "leeboard.service.work.kinds.execution", "leeboard.service.work.processing"
MOMENTS = {
    "when the merge was made": (KIND, "_job", 1),
    "before merged files are uploaded": (PROCESSING, "run_processing", 1),
    "with merged files uploaded": (PROCESSING, "upload_outputs", 1),
    "in the transaction that ends the merge": (KIND, "conclude", 1),
    "between merge and analysis": (KIND, "_merge", 1),
    "when the analysis was made": (KIND, "_job", 2),
    "before results are uploaded": (PROCESSING, "run_processing", 2),
    "with all results uploaded": (PROCESSING, "upload_outputs", 2),
    "in the last transaction": ("leeboard.service.executions", "end", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_can_die_there(moment: str) -> None:
    assert is_there(*MOMENTS[moment])


def merging(cluster: Any, *, n_hours: int) -> tuple[list[Any], list[str]]:
    """Windows of one schedule; nobody runs."""
    prepared = cluster.prepare(n_hours=n_hours, n_schedules=1, n_merging=1)
    for server in cluster.servers:
        server.stop()
    set_due(cluster.database, prepared[0][0].scheduled_at)
    return prepared


def finish(cluster: Any, hours: list[Any], schedules: list[str]) -> None:
    """All ends as it must, without anything left."""
    wait_until(lambda: n_final(cluster.database, hours) >= len(hours), DONE_S, "all windows have ended")
    wait_until(lambda: n_work(cluster.database) == 0, DONE_S, "no work is left")
    for server in cluster.servers:
        if not server.is_up:
            server.dies_never()
            server.start()
            server.wait_until_ready()  # it may keep the objects
    assert faults(cluster.database, cluster.s3, schedules, hours) == []
    cluster.end()


def jobs(cluster: Any) -> dict[str, str]:
    """States of processing jobs by their names."""
    with cluster.database.read() as connection:
        query = select(resources.c.name, resources.c.status).where(resources.c.kind == PROCESSING_JOB)
        return {row.name: row.status for row in connection.execute(query)}


def states(cluster: Any) -> dict[str, str]:
    """The same by the beginnings of their names."""
    return {name.rsplit("-", 2)[0] + "-": status for name, status in jobs(cluster).items()}


def running(server: Server, beginning: str) -> list[Any]:
    """Processes of the job whose name begins so, once there are some."""
    place = f"TMPDIR={server.home}/work/{beginning}".encode()
    seen: list[Any] = []

    def is_there() -> bool:
        seen[:] = [one for one in server.job_processes() if place in environment(one.pid)]
        return bool(seen)

    wait_until(is_there, DONE_S, f"a job {beginning} runs")
    return seen


def environment(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read()
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_that_dies_leaves_the_rest_of_an_execution_to_another(cluster: Any, moment: str) -> None:
    hours, schedules = merging(cluster, n_hours=2)
    first, second = cluster.servers
    first.dies_after(*MOMENTS[moment])
    first.start()
    wait_until(lambda: not first.is_up, DONE_S, f"it dies {moment}")
    assert first.process.returncode == -9
    second.start()
    finish(cluster, hours, schedules)


@pytest.mark.slow
@pytest.mark.parametrize("beginning", [MERGE, ANALYSIS])
def test_a_job_whose_process_is_killed_is_run_again(cluster: Any, beginning: str) -> None:
    hours, schedules = merging(cluster, n_hours=1)
    first, _ = cluster.servers
    first.start()
    n_killed = sum(kill_process(one) for one in running(first, beginning))
    assert n_killed > 0
    finish(cluster, hours, schedules)
    assert n_begun_again(cluster.database) > 0


@pytest.mark.slow
@pytest.mark.parametrize("beginning", [MERGE, ANALYSIS])
def test_a_server_that_stalls_touches_nothing_of_what_another_went_on_with(
    cluster: Any, beginning: str
) -> None:
    hours, schedules = merging(cluster, n_hours=2)
    first, second = cluster.servers
    first.start()
    running(first, beginning)
    cluster.pause_in_the_midst_of_work()
    second.start()
    wait_until(lambda: n_final(cluster.database, hours) == len(hours), DONE_S, "the other did all")
    before = found(cluster.database, hours), jobs(cluster)
    first.resume()
    wait_until(lambda: "is lost or was not renewed" in first.log.read_text(), DONE_S, "the first has seen it")
    assert (found(cluster.database, hours), {name: jobs(cluster)[name] for name in before[1]}) == before
    finish(cluster, hours, schedules)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["the job", "the schedule"])
@pytest.mark.parametrize("beginning", [MERGE, ANALYSIS])
def test_an_execution_that_is_stopped_ends_with_the_job_that_runs(
    cluster: Any, beginning: str, way: str
) -> None:
    (hour,), (schedule,) = merging(cluster, n_hours=1)
    first, second = cluster.servers
    first.start()
    first.wait_until_ready()
    held = running(first, beginning)
    pause(held)
    (name,) = (name for name in jobs(cluster) if name.startswith(beginning))
    if way == "the job":
        cluster.sagemaker.stop_processing_job(ProcessingJobName=name)
    else:
        cluster.sagemaker.delete_monitoring_schedule(MonitoringScheduleName=schedule)
    wait_until(lambda: n_work(cluster.database) == 0, DONE_S, "no work is left")
    (execution,) = found(cluster.database)
    assert (execution.status, execution.job_name) == ("Stopped", name)
    done = {} if beginning == MERGE else {MERGE: "Completed"}
    assert states(cluster) == done | {beginning: "Stopped"}
    folder = f"reports/merge/{ENDPOINT}/AllTraffic/{hour.folder}/part-00000-"
    keys = merged_keys(cluster.s3)
    assert len(keys) == len(done)
    assert all(key.startswith(folder) for key in keys)
    second.start()
    second.wait_until_ready()
    cluster.end()


@pytest.mark.slow
def test_a_merge_that_is_stopped_while_its_server_is_dead_is_not_run_again(cluster: Any) -> None:
    merging(cluster, n_hours=1)
    first, second = cluster.servers
    first.start()
    first.wait_until_ready()
    pause(running(first, MERGE))
    (name,) = jobs(cluster)
    cluster.sagemaker.stop_processing_job(ProcessingJobName=name)
    first.kill()
    second.start()
    wait_until(lambda: n_work(cluster.database) == 0, DONE_S, "no work is left")
    assert [row.status for row in found(cluster.database)] == ["Stopped"]
    assert states(cluster) == {MERGE: "Stopped"}
    second.wait_until_ready()
    cluster.end()


def pause(processes: list[Any]) -> None:
    """So that a job does not end before it is stopped."""
    for one in processes:
        os.kill(one.pid, signal.SIGSTOP)
