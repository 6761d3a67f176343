"""A container does not outlive the process that runs its job."""

import os
import subprocess
import sys

from leeboard.jobs.containers.guard import guarded
from live_server import until

KILLED, LEFT = (f"guarded-{how}-{os.getpid()}" for how in ("killed", "left"))
"""Names are of one machine, on which other tests may run."""
HOLDER = """
import sys
from leeboard.jobs.containers.guard import guarded
with guarded(*sys.argv[1:]):
    print("there", flush=True)
    sys.stdin.read()
"""


def made(engine, name):
    """A container that runs."""
    engine.podman(
        "run",
        "-d",
        "--stop-timeout",
        "0",
        "--name",
        name,
        "--label",
        f"leeboard.job={name}",
        engine.image,
        "sleep",
        "600",
    )
    return lambda: engine.containers(f"leeboard.job={name}")


def test_the_container_of_a_process_that_is_killed_is_removed(engine):
    there = made(engine, KILLED)
    command = [sys.executable, "-c", HOLDER, engine.url, KILLED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"there\n"
        assert there() == [KILLED]
        holder.kill()
    assert until(there, lambda names: not names) == []


def test_who_ends_in_order_takes_its_guard_along(engine):
    there = made(engine, LEFT)
    with guarded(engine.url, LEFT):
        pass
    assert there() == [LEFT]
    engine.podman("rm", "-f", "-t", "0", LEFT)
