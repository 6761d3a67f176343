"""How a schedule and an execution are, in one word that people understand."""

from datetime import datetime, timedelta
from typing import Literal

State = Literal[
    "in violation", "failed", "overdue", "no data", "running", "clean", "waiting", "stopped", "not monitored"
]
WORST_FIRST: tuple[State, ...] = (
    "in violation", "failed", "overdue", "no data", "running", "clean", "waiting", "stopped", "not monitored"
)  # fmt: skip
OVERDUE_AFTER = timedelta(minutes=2)
"""A planner that runs makes an execution within seconds of its time."""
NO_DATA = "Job inputs had no data"


def execution_state(status: str, failure_reason: str | None) -> State:
    """Of one execution, from what AWS's API says of it."""
    if status == "CompletedWithViolations":
        return "in violation"
    if status == "Failed":
        return "no data" if (failure_reason or "").startswith(NO_DATA) else "failed"
    return {"Completed": "clean", "Stopped": "stopped", "Pending": "waiting"}.get(status, "running")  # type: ignore[return-value]


def schedule_state(
    status: str, due_at: datetime | None, last: State | None, now: datetime, *, waiting_since: datetime | None
) -> State:
    """Of a schedule: that of its last execution, unless it should have run again since.

    Args:
        status: of the schedule.
        due_at: its next scheduled time.
        last: state of its last execution; None if there was none.
        waiting_since: when its last execution was made, if it has not begun.
    """
    if status == "Stopped" and last not in ("running",):
        return "stopped"
    if due_at is not None and now - due_at > OVERDUE_AFTER:
        return "overdue"
    if last == "waiting" and waiting_since is not None and now - waiting_since > OVERDUE_AFTER:
        return "overdue"
    return last or "waiting"
