"""Servers are killed while pipelines run: each execution ends right, and each step is begun once."""

import random
import time
from typing import Any

import pytest
from piped import faults, make_pipeline, n_ended, n_given_up, n_left, start
from servers import JobsInView, is_there, kill_process, wait_until

DONE_S = 240
MOMENTS = {
    "with rows in a transaction": ("leeboard.service.pipelines.executor", "add_step", 2),
    "with rows and no job": ("leeboard.service.pipelines.executor", "Pass._make_due_rows", 1),
    "with a job and its row not told": ("leeboard.service.pipelines.attempts", "StepRun.start_job", 1),
    "with one branch begun": ("leeboard.service.pipelines.executor", "Pass._move", 1),
    "with a model in a transaction": ("leeboard.service.models", "keep", 1),
    "with a model and its row not told": ("leeboard.service.pipelines.steps.model", "model", 1),
    "with a version in a transaction": ("leeboard.service.packages.packages", "keep", 1),
    "with a version and its row not told": ("leeboard.service.pipelines.steps.register_model", "_made", 2),
    "before it is put back": ("leeboard.service.pipelines.executor", "put_back", 1),
    "in the last transaction": ("leeboard.service.pipelines.executor", "set_execution", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_can_die_there(moment: str) -> None:
    assert is_there(*MOMENTS[moment])


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_pass_that_dies_is_made_up_for_by_another_server(cluster: Any, moment: str) -> None:
    first, second = cluster.servers
    make_pipeline(cluster.sagemaker, cluster.s3)
    first.stop()
    first.dies_after(*MOMENTS[moment])
    second.stop()
    first.start()
    first.wait_until_ready()
    folders = start(cluster.sagemaker, 1)
    wait_until(lambda: not first.is_up, DONE_S, f"it dies {moment}")
    assert first.process.returncode == -9
    second.start()
    finish(cluster, folders)


def finish(cluster: Any, folders: dict[str, str]) -> None:
    """All ends as it must, without anything left."""
    wait_until(lambda: n_ended(cluster.database) == len(folders), DONE_S, "all executions have ended")
    for server in cluster.servers:
        if not server.is_up:
            server.dies_never()
            server.start()
        server.wait_until_ready()
    wait_until(lambda: n_left(cluster.database) == 0, DONE_S, "no work is left")
    told = faults(cluster.database, folders)
    assert not told, "\n".join(told)
    cluster.end()


def kill_until(cluster: Any, n_expected: int, *, kills: int, seed: int, timeout_s: float) -> tuple[int, int]:
    """Kills servers and jobs at random moments and starts servers again; how many of both."""
    chance, n_servers, n_jobs = random.Random(seed), 0, 0
    deadline = time.monotonic() + timeout_s
    again_at: dict[int, float] = {}
    next_at = time.monotonic() + chance.uniform(0.5, 2)
    while n_ended(cluster.database) < n_expected:
        at = time.monotonic()
        assert at < deadline, f"{n_ended(cluster.database)} of {n_expected} after {timeout_s:g} s"
        for n, server in enumerate(cluster.servers):
            if not server.is_up and at >= again_at.get(n, 0):
                server.start()
        if at >= next_at and n_servers + n_jobs < kills:
            next_at = at + chance.uniform(0.5, 4.0)
            up = [n for n, server in enumerate(cluster.servers) if server.is_up]
            jobs = [one for n in up for one in cluster.servers[n].job_processes()]
            if jobs and chance.random() < 0.25:
                n_jobs += kill_process(chance.choice(jobs))
            elif up:
                n = chance.choice(up)
                cluster.servers[n].kill()
                n_servers, again_at[n] = n_servers + 1, at + chance.uniform(0, 3)
        time.sleep(0.1)
    return n_servers, n_jobs


def survive(cluster: Any, *, n_executions: int, kills: int, seed: int, timeout_s: float) -> None:
    make_pipeline(cluster.sagemaker, cluster.s3)
    folders = start(cluster.sagemaker, n_executions)
    began_s = time.monotonic()
    with JobsInView(cluster.servers) as view:
        done = kill_until(cluster, n_executions, kills=kills, seed=seed, timeout_s=timeout_s)
    took_s = time.monotonic() - began_s
    finish(cluster, folders)
    assert view.doubled == {}
    assert done[0] > 0
    kind = "SQLite" if cluster.database.is_sqlite else "PostgreSQL"
    print(  # noqa: T201 - the figures are what this test is read for
        f"\n{kind}: {n_executions} executions, {done[0]} servers and {done[1]} jobs killed, "
        f"{n_given_up(cluster.database)} jobs given up and begun anew, no step begun twice, none lost, "
        f"{took_s:.0f} s"
    )


@pytest.mark.slow
def test_killed_servers_begin_no_step_twice_and_lose_none(cluster: Any) -> None:
    survive(cluster, n_executions=3, kills=4, seed=11, timeout_s=600)


@pytest.mark.slow
def test_dozens_of_executions_survive_dozens_of_kills(cluster: Any) -> None:
    survive(cluster, n_executions=30, kills=40, seed=2026, timeout_s=1800)
