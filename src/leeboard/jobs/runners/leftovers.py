"""What is left of a job whose worker died, as its scratch folder tells."""

import json
from contextlib import suppress
from pathlib import Path

from leeboard.jobs.containers.leftovers import is_alive, owner, remove_container, remove_orphan
from leeboard.jobs.processes import (
    PROC,
    RunningProcess,
    descendants,
    kill_all,
    process_of,
    running,
    with_variable,
)

_RECORD, _OWNER = "process.json", "owner"
_PATIENCE_S = 5.0


def note_owner(scratch: Path) -> None:
    """Notes that this process runs the job, before anything is started for it."""
    (scratch / _OWNER).write_text(owner(), encoding="utf-8")


def record(scratch: Path, pid: int) -> None:
    """Notes which process the job is; its id is that of its session, too."""
    found = process_of(pid)
    text = json.dumps({"pid": pid, "started": found.started if found else None, "boot": _boot()})
    (scratch / _RECORD).write_text(text, encoding="utf-8")


def kill_leftovers(scratch: Path) -> None:
    """Ends the processes and the container that an earlier run of this job left on this machine.

    Only those count that are provably of the job: the recorded process itself (same id and start), what
    runs below it or in its session, and what has the scratch folder as its place for temporary files.

    Raises:
        UnreachableError: the engine of the container does not answer.
    """
    remove_container(scratch)
    kill_all(lambda: processes_of_job(scratch), _PATIENCE_S)


def kill_orphans(scratch: Path) -> None:
    """Ends the container and the processes of a run whose server is gone.

    Most processes went with it. What bubblewrap had just forked may wait for ever for its killed parent.
    """
    remove_orphan(scratch)
    if is_owned(scratch) is False:
        kill_all(lambda: processes_of_job(scratch), _PATIENCE_S)


def is_owned(scratch: Path) -> bool | None:
    """Whether the server that runs the job still does; None if that was not noted."""
    try:
        return is_alive((scratch / _OWNER).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def processes_of_job(scratch: Path) -> list[RunningProcess]:
    """What runs of the job now."""
    found = {one.pid: one for one in with_variable(f"TMPDIR={scratch.absolute() / 'tmp'}")}
    for one in (*_recorded(scratch), *found.values()):
        found[one.pid] = one
        found |= {below.pid: below for below in descendants(one.pid)}
    return list(found.values())


def _recorded(scratch: Path) -> list[RunningProcess]:
    try:
        told = json.loads((scratch / _RECORD).read_text(encoding="utf-8"))
        pid, started, boot = int(told["pid"]), int(told["started"]), told["boot"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    leader = process_of(pid)
    if boot != _boot() or (leader and leader.started != started):
        return []  # the id went to somebody else
    return [one for one in running() if one.session == pid and one.started >= started]


def _boot() -> str:
    with suppress(OSError):
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return ""
