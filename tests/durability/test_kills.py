"""Servers and jobs are killed at any moment: each window of each schedule runs once to its end."""

import random
import time
from dataclasses import dataclass
from typing import Any

import pytest
from monitored import faults, n_begun_again, n_final, n_work, set_due
from servers import JobsInView, kill_process, wait_until


@dataclass(slots=True)
class Kills:
    """What was done to the servers."""

    servers: int = 0
    jobs: int = 0


def kill_until(cluster: Any, n_expected: int, *, kills: int, seed: int, timeout_s: float) -> Kills:
    """Kills servers and jobs at random moments until all work is done, and starts servers again.

    The first job that is seen and the first server with a job then, so that there is some of both however
    soon all is done; the others by chance.
    """
    chance, done = random.Random(seed), Kills()
    deadline = time.monotonic() + timeout_s
    again_at: dict[int, float] = {}
    next_at = time.monotonic()
    while n_final(cluster.database) < n_expected:
        assert time.monotonic() < deadline, (
            f"{n_final(cluster.database)} of {n_expected} after {timeout_s:g} s"
        )
        now = time.monotonic()
        for n, server in enumerate(cluster.servers):
            if not server.is_up and now >= again_at.get(n, 0):
                server.start()
        if now >= next_at and done.servers + done.jobs < kills:
            up = [n for n, server in enumerate(cluster.servers) if server.is_up]
            jobs = [(n, one) for n in up for one in cluster.servers[n].job_processes()]
            places = up if done.servers else sorted({n for n, _ in jobs})
            if jobs and (not done.jobs or (done.servers and chance.random() < 0.5)):
                done.jobs += kill_process(chance.choice(jobs)[1])
            elif places:
                n = chance.choice(places)
                cluster.servers[n].kill()
                done.servers += 1
                again_at[n] = now + chance.uniform(0, 3)
            if done.servers:
                next_at = now + chance.uniform(0.2, 3.0)
        time.sleep(0.05)
    return done


def survive(
    cluster: Any,
    *,
    n_hours: int,
    n_schedules: int,
    n_merging: int,
    kills: int,
    seed: int,
    timeout_s: float,
) -> None:
    hours, schedules = cluster.prepare(n_hours=n_hours, n_schedules=n_schedules, n_merging=n_merging)
    n_windows = len(hours) * len(schedules)
    began_s = time.monotonic()
    rounds = []
    with JobsInView(cluster.servers) as view:
        for n_expected in (n_windows // 2, n_windows):
            set_due(cluster.database, hours[0].scheduled_at)  # the second time, as if planning had been lost
            seed += 1
            rounds.append(
                kill_until(cluster, n_expected, kills=kills // 2, seed=seed, timeout_s=timeout_s / 2)
            )
        took_s = time.monotonic() - began_s
    for server in cluster.servers:
        if not server.is_up:
            server.start()
        server.wait_until_ready()
    wait_until(lambda: n_work(cluster.database) == 0, 240, "no work is left")
    assert faults(cluster.database, cluster.s3, schedules, hours) == []
    assert view.doubled == {}
    assert view.n_seen > 0
    n_servers, n_jobs = sum(each.servers for each in rounds), sum(each.jobs for each in rounds)
    assert n_servers > 0
    assert n_jobs > 0
    cluster.end()
    kind = "SQLite" if cluster.database.is_sqlite else "PostgreSQL"
    print(  # noqa: T201 - the figures are what this test is read for
        f"\n{kind}: {n_windows} windows, {n_merging * len(hours)} of them of two jobs, "
        f"{n_servers} servers and {n_jobs} jobs killed, "
        f"{n_begun_again(cluster.database)} begun again, none lost, none doubled, {took_s:.0f} s"
    )


def test_killed_servers_and_jobs_lose_and_double_nothing(cluster: Any) -> None:
    survive(cluster, n_hours=4, n_schedules=3, n_merging=1, kills=4, seed=7, timeout_s=600)


@pytest.mark.slow
def test_hundreds_of_windows_survive_dozens_of_kills(cluster: Any) -> None:
    survive(cluster, n_hours=30, n_schedules=10, n_merging=4, kills=60, seed=2026, timeout_s=2700)
