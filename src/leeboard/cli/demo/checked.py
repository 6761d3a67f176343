"""What the executions of the demo's schedule found, hour by hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.steps import (
    ENDED,
    LOOK_S,
    SCHEDULE,
    WAIT_S,
    executions,
    results_of,
    violations_in,
)
from leeboard.cli.demo.traffic import DemoHour
from leeboard.client.calls import Client
from leeboard.errors import EngineError
from leeboard.monitors.data_quality import STATISTICS
from leeboard.storage.layout import HOUR


@dataclass(frozen=True, slots=True)
class CheckedHour:
    """One execution that has ended.

    Attributes:
        violations: as the file of violations has them.
        results: URI of the folder with all files.
    """

    hour: DemoHour
    n_rows: int
    violations: list[dict[str, Any]]
    results: str


def run_schedule(client: Client, hours: list[DemoHour]) -> None:
    """Fire the schedule as if the end of each hour had just come; nobody has to wait for one."""
    for hour in hours:
        end_at = hour.start_at + HOUR
        client.post(f"/leeboard/schedules/{SCHEDULE}/run", {"at": end_at.isoformat()})


def checked_hours(clients: Clients, hours: list[DemoHour]) -> Iterator[CheckedHour]:
    """Each hour in its order, as soon as its execution has ended.

    Raises:
        EngineError: one failed, or takes too long.
    """
    for hour in hours:
        deadline = monotonic() + WAIT_S
        while (ended := _ended(clients, hour.start_at + HOUR)) is None:
            if monotonic() > deadline:
                raise EngineError(
                    f"the hour {hour.start_at:%H:%M} was not checked {WAIT_S} s after the one before"
                )
            sleep(LOOK_S)
        yield _checked(clients, hour, ended)


def _ended(clients: Clients, scheduled_at: datetime) -> dict[str, Any] | None:
    for execution in executions(clients):
        if execution["ScheduledTime"] == scheduled_at and execution["MonitoringExecutionStatus"] in ENDED:
            return execution
    return None


def _checked(clients: Clients, hour: DemoHour, execution: dict[str, Any]) -> CheckedHour:
    if execution["MonitoringExecutionStatus"] in ("Failed", "Stopped"):
        why = execution.get("FailureReason")
        raise EngineError(f"the execution for {hour.start_at:%Y-%m-%d %H:%M} failed: {why}")
    results = results_of(clients, execution)
    n_rows = clients.read_json(f"{results}/{STATISTICS}")["dataset"]["item_count"]
    return CheckedHour(hour, n_rows, violations_in(clients, results), results)
