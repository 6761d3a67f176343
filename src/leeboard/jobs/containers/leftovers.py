"""The container of a job whose worker died, as the job's scratch folder tells."""

import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from leeboard.errors import LeeboardError
from leeboard.jobs.containers.cluster_name import CLUSTER
from leeboard.jobs.containers.finding import engine_of
from leeboard.jobs.processes import PROC, process_of

_RECORD = "container.json"
_log = logging.getLogger(__name__)


def record(scratch: Path, *, engine: str, container: str) -> None:
    """Notes which container the job will be, before it is made, and whose it is."""
    text = json.dumps({"engine": engine, "container": container, "owner": owner()})
    (scratch / _RECORD).write_text(text, encoding="utf-8")


def recorded(scratch: Path) -> dict[str, Any] | None:
    """What was noted."""
    try:
        told = json.loads((scratch / _RECORD).read_text(encoding="utf-8"))
        return {name: str(told[name]) for name in ("engine", "container", "owner")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def owner() -> str:
    """This process, for good: its id alone may be given to another one."""
    return _owner_text(os.getpid())


def is_alive(named: str) -> bool:
    """Whether that process still runs; what is in another container of this machine is taken to."""
    told, own = named.split(" "), owner().split(" ")
    is_elsewhere = len(told) == len(own) and told[2] == own[2] and told[3] != own[3]
    return is_elsewhere or (told[0].isdigit() and _owner_text(int(told[0])).split(" ")[: len(told)] == told)


def remove_container(scratch: Path) -> None:
    """Ends the container of an earlier run of this job.

    Raises:
        UnreachableError: its engine does not answer.
        EngineError: it has a fault.
    """
    told = recorded(scratch)
    if told is None:
        return
    remove_from(told["engine"], told["container"])
    with suppress(OSError):
        (scratch / _RECORD).unlink()


def remove_orphan(scratch: Path) -> None:
    """Ends the container of a job whose process is gone; who cannot is not stopped by that."""
    told = recorded(scratch)
    if told is None or is_alive(told["owner"]):
        return
    try:
        remove_container(scratch)
        _log.info("removed the container %s, whose server is gone", told["container"])
    except LeeboardError as error:
        _log.warning("the container %s may still run: %s", told["container"], error)


def remove_from(engine: str, container: str) -> None:
    """One container away from its engine."""
    if engine.startswith(CLUSTER):
        from leeboard.jobs.containers.cluster import cluster_of

        cluster_of(engine).remove(container)
        return
    engine_of(engine).remove(container)


def _owner_text(pid: int) -> str:
    found = process_of(pid)
    boot = seen = ""
    with suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        seen = os.readlink(PROC / "self/ns/pid")
    return f"{pid} {found.started if found else 0} {boot} {seen}"
