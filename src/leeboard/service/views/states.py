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


def is_late(at: datetime | None, now: datetime, grace: timedelta = timedelta(0)) -> bool:
    """Whether what should have happened then is overdue."""
    return at is not None and now - at > OVERDUE_AFTER + grace


def is_overdue(
    due_at: datetime | None,
    waits_since: datetime | None,
    now: datetime,
    grace: timedelta,
    *,
    is_enabled: bool,
) -> bool:
    """Whether an execution of a schedule should have been made, or should have begun, and did not.

    Args:
        due_at: its next scheduled time, which counts while it is enabled.
        waits_since: when its oldest execution was made that has not begun.
        grace: how long an execution waits for its last records before it begins.
    """
    return (is_enabled and is_late(due_at, now)) or is_late(waits_since, now, grace)


def schedule_state(status: str, last: State | None, under_way: State | None, *, overdue: bool) -> State:
    """Of a schedule: how its last run ended, or that it is overdue, whichever is worse.

    What hides behind the worse of the two stands beside it: it is overdue all the same, or was clean before.

    Args:
        status: of the schedule.
        last: state of its last execution that ended; None if there was none.
        under_way: "running" or "waiting" if another one has not ended.
    """
    if status == "Stopped" and under_way != "running":
        return "stopped"
    state = last or under_way or "waiting"
    return min(state, "overdue", key=WORST_FIRST.index) if overdue else state


def is_in(state: State, overdue: bool, wanted: str) -> bool:
    """Whether what stands so is among those of a state; what is overdue is so beside any other state."""
    return wanted == state or (overdue and wanted == "overdue")
