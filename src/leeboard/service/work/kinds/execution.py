"""Executions of schedules: what was captured in a window is merged with its labels, and analysed."""

from collections.abc import Callable

from leeboard.errors import InputError, LeeboardError, NoDataError
from leeboard.formats.summary import MergeSummary
from leeboard.jobs.runners import ProcessingEnd, may_pass
from leeboard.service import executions, jobs, scheduling, summaries
from leeboard.service.arns import PROCESSING_JOB, SCHEDULE
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.resources import Resource, add, find
from leeboard.service.window_files import merge_of
from leeboard.service.work.feed import MonitoringJob
from leeboard.service.work.kinds import Kind
from leeboard.service.work.merging import merge_job
from leeboard.service.work.monitoring import NO_DATA, check_baseline, monitoring_job
from leeboard.service.work.processing import conclude, run
from leeboard.service.work.summarised import summary_of_window
from leeboard.service.work.task import Task

BASELINE_WAIT_S = 1.0


def perform(task: Task) -> None:
    """Run the analysis of one window, unless it has been stopped or cannot be run at all."""
    execution = _execution(task)
    if execution is None or execution.status not in executions.UNFINISHED:
        with task.finishing():
            return
    if execution.status == "Stopping":
        _end(task, execution, "Stopped", None)
        return
    schedule, monitor = _monitor(task, execution)
    if schedule is None or monitor is None:
        what = f"the job definition {execution.definition}" if schedule else "the schedule"
        _end(task, execution, "Failed", f"{what} was deleted before the execution could run")
        return
    if _awaits_baseline(task, monitor):
        task.later(BASELINE_WAIT_S)
        return
    try:
        check_baseline(task.service, monitor)
    except InputError as error:
        _end(task, execution, "Failed", str(error))
        return
    if execution.endpoint:
        task.service.capture.flush(execution.endpoint)
    if monitor.merges and not (_is_merged(task, execution) or _merge(task, schedule, execution, monitor)):
        return
    _analyse(task, schedule, execution, monitor)


def _is_merged(task: Task, execution: Execution) -> bool:
    """Whether an earlier attempt came that far."""
    with task.service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, execution.merge_name)
    return job is not None and job.status == "Completed"


def _merge(task: Task, schedule: Resource, execution: Execution, monitor: Monitor) -> bool:
    """Whether there are merged records now; if not, the execution is over or was put back."""
    asked = _asked(task, execution, lambda: merge_job(task.service, execution, monitor))
    if asked is None:
        return False
    job = _job(task, schedule, execution, asked)
    if job is None:
        _end(task, execution, "Stopped", None)
        return False
    end = run(task, job, is_unwanted=lambda: _is_unwanted(task))
    if end is None:
        return False
    if end.state == "Completed":
        with task.holding() as connection:
            conclude(connection, job, end, now=task.now)
        return True
    status, reason = _status(end, is_stopped=end.state == "Stopped" and _is_unwanted(task))
    with task.finishing() as connection:
        conclude(connection, job, end, now=task.now)
        executions.end(connection, execution, status, now=task.now, reason=reason)
    return False


def _analyse(task: Task, schedule: Resource, execution: Execution, monitor: Monitor) -> None:
    asked = _asked(task, execution, lambda: monitoring_job(task.service, schedule, execution, monitor))
    if asked is None:
        return
    job = _job(task, schedule, execution, asked)
    if job is None:
        _end(task, execution, "Stopped", None)
        return
    end = run(task, job, optional_inputs=asked.optional_inputs, is_unwanted=lambda: _is_unwanted(task))
    if end is None:
        return
    status, reason = _status(end, is_stopped=end.state == "Stopped" and _is_unwanted(task))
    n_violations = None
    if status == "Completed":
        n_violations = 0
    elif status == "CompletedWithViolations":
        n_violations = asked.count_violations()
    summary = None
    if end.state == "Completed":
        summary = summary_of_window(asked, end.metrics, is_clean=status == "Completed")
        summary = summary.model_copy(update={"merge": _merged(task, execution, monitor)})
    with task.finishing() as connection:
        conclude(connection, job, end, now=task.now)
        if summary is not None:
            summaries.keep(connection, execution, summary)
        executions.end(connection, execution, status, now=task.now, reason=reason, n_violations=n_violations)


def _merged(task: Task, execution: Execution, monitor: Monitor) -> MergeSummary | None:
    if not monitor.merges:
        return None
    with task.service.database.read() as connection:
        return merge_of(connection, execution)


def _asked(task: Task, execution: Execution, make: Callable[[], MonitoringJob]) -> MonitoringJob | None:
    """The job to run; None if there can be none, which ends the execution."""
    try:
        return make()
    except NoDataError as error:
        _end(task, execution, "Failed", f"{NO_DATA}: {error}")
    except LeeboardError as error:
        if may_pass(error) and task.has_attempts:
            raise
        _end(task, execution, "Failed", str(error))
    return None


def _is_unwanted(task: Task) -> bool:
    current = _execution(task)
    return current is None or current.status not in ("Pending", "InProgress")


def _status(end: ProcessingEnd, *, is_stopped: bool) -> tuple[str, str | None]:
    """The status of the execution, and the reason of one that failed."""
    if end.state == "Completed":
        is_clean = not end.message.startswith("CompletedWithViolations")
        return "Completed" if is_clean else "CompletedWithViolations", None
    return ("Stopped", None) if is_stopped else ("Failed", end.message)


def _job(task: Task, schedule: Resource, execution: Execution, asked: MonitoringJob) -> Resource | None:
    """The processing job of the execution; a repeated run has the same one. None if it was stopped."""
    facts = {
        "schedule_arn": schedule.arn,
        "schedule_id": schedule.id,
        "monitoring_type": execution.monitoring_type,
    }
    name, now = asked.name, task.now
    with task.holding() as connection:
        job = find(connection, PROCESSING_JOB, name)
        if not executions.begin(connection, execution, name, now=now):
            return None
        job = job or add(
            connection, task.service.settings, PROCESSING_JOB, name, asked.request, now=now,
            status="InProgress", facts=facts, started_at=now,
        )  # fmt: skip
    assert job is not None  # noqa: S101 - its name was looked for in the same transaction
    task.service.bell.ring()
    return job


def _execution(task: Task) -> Execution | None:
    with task.service.database.read() as connection:
        return executions.find_execution(connection, int(task.claim.subject))


def _monitor(task: Task, execution: Execution) -> tuple[Resource | None, Monitor | None]:
    with task.service.database.read() as connection:
        schedule = find(connection, SCHEDULE, execution.schedule_name)
        if schedule is None or schedule.id != execution.schedule_id:
            return None, None
        return schedule, scheduling.monitor_of(connection, schedule)


def _awaits_baseline(task: Task, monitor: Monitor) -> bool:
    name = monitor.baseline.get("BaseliningJobName")
    if not name:
        return False
    with task.service.database.read() as connection:
        job = find(connection, PROCESSING_JOB, name)
    return job is not None and job.status not in jobs.ENDED


def _end(task: Task, execution: Execution, status: str, reason: str | None) -> None:
    with task.finishing() as connection:
        is_stopped = status == "Stopped"
        jobs.end_jobs(
            connection, execution, "Stopped" if is_stopped else "Failed", now=task.now, failure=reason
        )
        executions.end(connection, execution, status, now=task.now, reason=reason)


def give_up(task: Task, failure: str) -> None:
    """The execution failed for good."""
    execution = _execution(task)
    if execution is None:
        with task.finishing():
            return
    _end(task, execution, "Failed", failure)


ENTRY = Kind(executions.EXECUTION, perform, give_up)
