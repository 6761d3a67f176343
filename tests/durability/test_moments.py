"""Chosen moments: servers die between two steps, are stopped, stall, or lose their database."""

from collections.abc import Iterator
from typing import Any

import pytest
from monitored import faults, found, n_begun_again, n_final, n_work, set_due
from servers import is_there, left_behind, wait_until
from sqlalchemy import select

from leeboard.state.tables import work
from postgres_server import PostgresServer, postgres_binaries, running_postgres

DONE_S = 120
MOMENTS = {
    "when it has claimed": ("leeboard.service.work.workers", "Task", 1),
    "when it has begun": ("leeboard.service.executions", "begin", 1),
    "before it uploads": ("leeboard.service.work.processing", "run_processing", 1),
    "with one file uploaded": ("leeboard.jobs.runners.outputs", "write_stream", 1),
    "with all files uploaded": ("leeboard.service.work.processing", "upload_outputs", 1),
    "in the last transaction": ("leeboard.service.executions", "end", 1),
    "after the last transaction": ("leeboard.service.work.workers", "Workers._do", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_can_die_there(moment: str) -> None:
    assert is_there(*MOMENTS[moment])


def finish(cluster: Any, hours: list[Any], schedules: list[str]) -> None:
    """All ends as it must, without anything left."""
    n_windows = len(hours) * len(schedules)
    for server in cluster.servers:
        if not server.is_up:
            server.dies_never()
            server.start()
            server.wait_until_ready()
    wait_until(lambda: n_final(cluster.database, hours) >= n_windows, DONE_S, "all windows have ended")
    wait_until(lambda: n_work(cluster.database) == 0, DONE_S, "no work is left")
    assert faults(cluster.database, cluster.s3, schedules, hours) == []
    cluster.end()


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_that_dies_leaves_its_work_to_another(cluster: Any, moment: str) -> None:
    hours, schedules = cluster.prepare(n_hours=2, n_schedules=1)
    first, second = cluster.servers
    first.stop()
    second.stop()
    first.dies_after(*MOMENTS[moment])
    set_due(cluster.database, hours[0].scheduled_at)
    first.start()
    wait_until(lambda: not first.is_up, DONE_S, f"it dies {moment}")
    assert first.process.returncode == -9
    second.start()
    wait_until(lambda: n_final(cluster.database, hours) == len(hours), DONE_S, "the other did all")
    finish(cluster, hours, schedules)


def running_job(cluster: Any) -> Any:
    """The work row of a job whose process runs below the first server."""
    wait_until(lambda: cluster.servers[0].job_processes(), DONE_S, "a job runs")
    with cluster.database.read() as connection:
        return connection.execute(select(work).where(work.c.state == "Running")).first()


def alone(cluster: Any, *, n_hours: int) -> tuple[list[Any], list[str]]:
    """The first server alone has windows to do."""
    hours, schedules = cluster.prepare(n_hours=n_hours, n_schedules=1)
    cluster.servers[1].stop()
    set_due(cluster.database, hours[0].scheduled_at)
    return hours, schedules


@pytest.mark.slow
def test_a_server_that_is_stopped_gives_its_work_back_at_once(cluster: Any) -> None:
    hours, schedules = alone(cluster, n_hours=2)
    first, second = cluster.servers
    running_job(cluster)
    first.stop()
    assert left_behind([first]) == []
    with cluster.database.read() as connection:
        rows = connection.execute(select(work)).all()
    assert rows
    assert {(row.state, row.owner, row.lease_until, row.attempt) for row in rows} == {
        ("Ready", None, None, 0)
    }
    second.start()
    finish(cluster, hours, schedules)
    assert n_begun_again(cluster.database) == 0


@pytest.mark.slow
def test_a_server_that_stalls_writes_nothing_once_another_has_its_work(cluster: Any) -> None:
    hours, schedules = alone(cluster, n_hours=3)
    first, second = cluster.servers
    held = running_job(cluster)
    cluster.pause_in_the_midst_of_work()
    second.start()
    wait_until(lambda: n_final(cluster.database, hours) == len(hours), DONE_S, "the other did all")
    before = found(cluster.database, hours)
    first.resume()
    wait_until(lambda: "is lost or was not renewed" in first.log.read_text(), DONE_S, "the first has seen it")
    finish(cluster, hours, schedules)
    assert found(cluster.database, hours) == before
    assert held is not None


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """One that may be stopped, as no other test uses it."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL: apt-get install postgresql, and pip install 'psycopg[binary]'")
    with running_postgres(binaries) as server:
        yield server


@pytest.fixture
def stoppable_url(own_postgres: PostgresServer) -> str:
    own_postgres.execute("CREATE DATABASE stopped")
    return own_postgres.url("stopped")


@pytest.mark.slow
def test_servers_go_on_after_their_database_was_away(
    own_postgres: PostgresServer, stoppable_url: str, make_cluster: Any
) -> None:
    cluster = make_cluster(stoppable_url)
    hours, schedules = cluster.prepare(n_hours=4, n_schedules=2)
    set_due(cluster.database, hours[0].scheduled_at)
    running_job(cluster)
    own_postgres.stop()
    for server in cluster.servers:
        wait_until(lambda log=server.log: "OperationalError" in log.read_text(), DONE_S, "it has noticed")
    assert all(server.is_up for server in cluster.servers)
    own_postgres.start()
    finish(cluster, hours, schedules)
