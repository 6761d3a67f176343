"""What the executions of the demo's schedules found, hour by hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.merged import Merged, merged_for
from leeboard.cli.demo.traffic import DemoHour
from leeboard.cli.demo.waiting import ENDED, until
from leeboard.cli.demo.watches import WATCHES, Watch
from leeboard.client.calls import Client
from leeboard.errors import EngineError
from leeboard.jobs.results import VIOLATIONS
from leeboard.monitors.data_quality import STATISTICS


@dataclass(frozen=True, slots=True)
class Check:
    """One execution that has ended.

    Attributes:
        violations: as the file of violations has them.
        results: URI of the folder with all files.
        merged: what became of the labels, where some were awaited.
    """

    watch: Watch
    violations: list[dict[str, Any]]
    results: str
    merged: Merged | None = None


@dataclass(frozen=True, slots=True)
class CheckedHour:
    """All that was found about one hour."""

    hour: DemoHour
    n_rows: int
    checks: list[Check]

    def check(self, watch: Watch) -> Check | None:
        """That of one monitor; None if it did not look."""
        return next((check for check in self.checks if check.watch is watch), None)


def run_schedules(client: Client, hours: list[DemoHour]) -> int:
    """Fire each schedule as if its time had just come; nobody has to wait for it. Gives how many runs."""
    n_runs = 0
    for place, hour in enumerate(hours):
        for watch in _watches_of(place, len(hours)):
            at = watch.checks_at(hour.start_at)
            client.post(f"/leeboard/schedules/{watch.schedule}/run", {"at": at.isoformat()})
            n_runs += 1
    return n_runs


def checked_hours(clients: Clients, hours: list[DemoHour]) -> Iterator[CheckedHour]:
    """Each hour in its order, as soon as its executions have ended.

    Raises:
        EngineError: one failed, or takes too long.
    """
    for place, hour in enumerate(hours):
        checks = [
            _check(clients, watch, watch.checks_at(hour.start_at)) for watch in _watches_of(place, len(hours))
        ]
        n_rows = clients.read_json(f"{checks[0].results}/{STATISTICS}")["dataset"]["item_count"]
        yield CheckedHour(hour, n_rows, checks)


def _watches_of(place: int, n_hours: int) -> list[Watch]:
    return [watch for watch in WATCHES if watch.is_for(place, n_hours)]


def _check(clients: Clients, watch: Watch, scheduled_at: datetime) -> Check:
    execution = until(
        lambda: _execution(clients, watch, scheduled_at),
        lambda found: found["MonitoringExecutionStatus"] in ENDED,
        f"the execution of {watch.schedule} for {scheduled_at:%Y-%m-%d %H:%M}",
    )
    if execution["MonitoringExecutionStatus"] in ("Failed", "Stopped"):
        why = execution.get("FailureReason")
        raise EngineError(
            f"the execution of {watch.schedule} for {scheduled_at:%Y-%m-%d %H:%M} failed: {why}"
        )
    name = execution["ProcessingJobArn"].rpartition("/")[2]
    job = clients.sagemaker.describe_processing_job(ProcessingJobName=name)
    results = str(job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"])
    violations = clients.read_json(f"{results}/{VIOLATIONS}")["violations"]
    merged = merged_for(clients, watch.schedule, scheduled_at) if watch.needs_labels else None
    return Check(watch, violations, results, merged)


def _execution(clients: Clients, watch: Watch, scheduled_at: datetime) -> dict[str, Any]:
    listed = clients.sagemaker.list_monitoring_executions(
        MonitoringScheduleName=watch.schedule, MaxResults=100
    )
    found: list[dict[str, Any]] = listed["MonitoringExecutionSummaries"]
    of_time = (one for one in found if one["ScheduledTime"] == scheduled_at)
    return next(of_time, {"MonitoringExecutionStatus": "Pending"})
