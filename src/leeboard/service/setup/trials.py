"""Dry runs: the analysis that a schedule would make of its last window, as ordinary processing jobs.

Jobs wait for one another in the queue: the baseline and the merge come before the analysis. Whatever they
write lies below a prefix of their own; no definition, schedule or execution is made.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from leeboard.errors import LeeboardError, NoDataError, NotFoundError
from leeboard.formats.summary import SUMMARY, Summary, read_summary
from leeboard.service import jobs
from leeboard.service.arns import PROCESSING_JOB, SCHEDULE
from leeboard.service.changing import changing
from leeboard.service.definitions import endpoint_of
from leeboard.service.executions import BY_HAND, Execution
from leeboard.service.monitor import Monitor
from leeboard.service.monitor_types import MONITOR_TYPES, STATISTICS_FILE
from leeboard.service.queue import put
from leeboard.service.resources import Resource, add, find
from leeboard.service.schedules.expressions import parse_expression
from leeboard.service.schedules.rules import check_definition
from leeboard.service.schedules.windows import Window, window_of
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.service.setup import job_definitions
from leeboard.service.setup.baselining import baseline_request
from leeboard.service.setup.documents import definition_of
from leeboard.service.setup.making import files_of, put_config
from leeboard.service.setup.wanted import Wanted
from leeboard.service.window_files import read_whole
from leeboard.service.work.endpoint_feed import CAPTURED
from leeboard.service.work.feed import stored_input
from leeboard.service.work.merging import merge_job
from leeboard.service.work.monitoring import NO_DATA, monitoring_job
from leeboard.storage import delete, join, list_objects

STEM, FOLDER = "dry-run", "dry-runs"
"""How names of jobs begin, and the folder that has those of all dry runs."""
BASELINE, MERGE, ANALYSIS = "baseline", "merge", "analysis"
STEPS = (BASELINE, MERGE, ANALYSIS)
FACT = "dry_run"
NEVER = timedelta(days=3650)
"""Until somebody wakes it."""
NO_LABELS = "No record that was captured in the window has a label yet"
NOTHING_THERE = "No S3 objects found"
ALONE = "Without a baseline there is nothing to compare with: it would only write statistics."
MOST_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Begun:
    """A dry run of one monitor; with a reason where there was nothing to run."""

    monitoring_type: str
    key: str
    window: Window
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a dry run stands.

    Attributes:
        state: `waiting`, `running`, `clean`, `in violation`, `failed` or `no data`.
        step: the job that it is at, or that failed.
        summary: of a run that ended well.
    """

    key: str
    monitoring_type: str
    name: str
    start_at: str
    end_at: str
    state: str
    step: str
    reason: str = ""
    summary: Summary | None = None

    @property
    def is_ended(self) -> bool:
        return self.state not in ("waiting", "running")


def last_window(wanted: Wanted, definition: dict[str, Any], now: datetime, *, is_strict: bool) -> Window:
    """The window of the last scheduled time before now."""
    expression = parse_expression(wanted.expression, created_at=now, is_strict=is_strict)
    scheduled_at = expression.previous_at_or_before(now) or now
    source = check_definition(definition)
    return window_of(
        scheduled_at,
        expression.period_at(scheduled_at),
        start_offset=source.start_offset,
        end_offset=source.end_offset,
        is_strict=is_strict,
    )


Beside = Callable[[Connection, str], None]


def begin(
    service: Service,
    wanted: Wanted,
    monitoring_type: str,
    now: datetime,
    *,
    window: Window | None = None,
    beside: Beside = lambda connection, key: None,
) -> Begun:
    """Ask for the jobs of a dry run.

    Args:
        window: another one than the last.
        beside: what else is written in the transaction, with the key of the dry run.

    Raises:
        RefusalError: the definition would be refused.
    """
    key = sha256(f"{wanted} {monitoring_type} {now.isoformat()}".encode()).hexdigest()[:16]
    root = join(wanted.output, FOLDER, key)
    try:
        begun = _begun(service, replace(wanted, output=root), monitoring_type, key, now, window, beside)
    except Exception:
        _discard(root)
        raise
    if begun.reason:
        _discard(root)
    return begun


def _discard(root: str) -> None:
    """Nobody would know of these files, as there are no jobs; where the store is away, there may be none."""
    with suppress(LeeboardError):
        for written in list(list_objects(root, missing_ok=True)):
            delete(written.uri)


def _begun(
    service: Service,
    named: Wanted,
    monitoring_type: str,
    key: str,
    now: datetime,
    window: Window | None,
    beside: Beside,
) -> Begun:
    """Asks for the jobs, unless there is nothing to run."""
    baseline, first = _baseline(service, named, monitoring_type, key)
    config = put_config(named, monitoring_type, join(named.output, "config"))
    given = definition_of(named, monitoring_type, baseline=baseline, config_uri=config, now=now)
    definition = job_definitions.as_sent(service, monitoring_type, given)
    window = window or last_window(named, definition, now, is_strict=service.settings.is_strict)
    with service.database.read() as connection:
        endpoint = endpoint_of(connection, service.settings, check_definition(definition))
    if endpoint:
        service.capture.flush(endpoint.name)
    execution = _execution(named, monitoring_type, endpoint, window, now)
    monitor = Monitor.of_definition(definition, monitoring_type)
    try:
        requests = [*first, *_requests(service, execution, monitor, named.output)]
    except NoDataError as error:
        return Begun(monitoring_type, key, window, str(error))
    fact = _fact(named, monitoring_type, window)
    with changing(service) as connection:
        _put(connection, service.settings, key, requests, fact, now)
        beside(connection, key)
    return Begun(monitoring_type, key, window)


def _execution(
    wanted: Wanted, monitoring_type: str, endpoint: Resource | None, window: Window, now: datetime
) -> Execution:
    """One that nobody keeps."""
    return Execution(
        id=0, schedule_id=0, schedule_name=wanted.name_of(monitoring_type),
        endpoint=endpoint.name if endpoint else None, monitoring_type=monitoring_type, definition=None,
        scheduled_at=max(window.end_at, now), run=0, cause=BY_HAND, window_start_at=window.start_at,
        window_end_at=window.end_at, status="Pending", failure_reason=None, job_name=None,
        n_violations=None, started_at=None, ended_at=None, created_at=now, modified_at=now,
    )  # fmt: skip


Step = tuple[str, dict[str, Any]]


def _baseline(service: Service, wanted: Wanted, kind: str, key: str) -> tuple[dict[str, Any], list[Step]]:
    """The baseline that the definition names, and the job that makes it."""
    if wanted.baseline.kind in ("files", "none"):
        return files_of(wanted, kind), []
    folder, of = join(wanted.output, "baseline"), MONITOR_TYPES[kind]
    request = baseline_request(service, wanted, kind, name=name_of(key, BASELINE), folder=folder)
    named = {"ConstraintsResource": {"S3Uri": join(folder, of.constraints_file)}}
    if of.takes_statistics:
        named["StatisticsResource"] = {"S3Uri": join(folder, STATISTICS_FILE)}
    return named, [(BASELINE, request)]


def _requests(service: Service, execution: Execution, monitor: Monitor, root: str) -> Iterator[Step]:
    schedule = _schedule(execution)
    if not monitor.merges:
        yield ANALYSIS, monitoring_job(service, schedule, execution, monitor).request
        return
    yield MERGE, merge_job(service, execution, monitor).request
    alone = {name: part for name, part in monitor.job_input.items() if name != "GroundTruthS3Input"}
    request = monitoring_job(service, schedule, execution, replace(monitor, job_input=alone)).request
    yield ANALYSIS, _of_merged(request, monitor, join(root, "merge"))


def _schedule(execution: Execution) -> Resource:
    """One that is not there yet; its jobs are told its name."""
    at = execution.created_at
    return Resource(
        id=0, kind=SCHEDULE, name=execution.schedule_name, arn="", status="", endpoint=execution.endpoint,
        monitoring_type=execution.monitoring_type, definition=None, created_at=at, modified_at=at,
        started_at=None, ended_at=None, due_at=None, document={}, facts={},
    )  # fmt: skip


def _of_merged(request: dict[str, Any], monitor: Monitor, merged: str) -> dict[str, Any]:
    """Reads what the merge will have written: nothing else is below that prefix."""
    ours = ("endpoint_input_", "batch_transform_input_")
    others = [one for one in request["ProcessingInputs"] if not one["InputName"].startswith(ours)]
    local = str(monitor.source["LocalPath"]).rstrip("/")
    told = {
        name: value for name, value in request["Environment"].items() if name != "leeboard_batch_transform"
    }
    return request | {
        "ProcessingInputs": [*others, stored_input("merged", merged, local)],
        "Environment": told | {"dataset_format": json.dumps(CAPTURED)},
    }


def _fact(wanted: Wanted, monitoring_type: str, window: Window) -> dict[str, str]:
    return {
        "type": monitoring_type,
        "name": wanted.name_of(monitoring_type),
        "start_at": window.start_at.isoformat(),
        "end_at": window.end_at.isoformat(),
    }


def _put(
    connection: Connection,
    settings: Settings,
    key: str,
    steps: list[Step],
    fact: dict[str, str],
    now: datetime,
) -> None:
    """All jobs, each woken by the end of the one before."""
    for number, (step, request) in enumerate(steps):
        name = name_of(key, step)
        facts: dict[str, Any] = {FACT: fact, "monitoring_type": fact["type"]}
        if number + 1 < len(steps):
            after = name_of(key, steps[number + 1][0])
            facts[jobs.WAITING] = [jobs.WORK[PROCESSING_JOB], after]
        add(
            connection, settings, PROCESSING_JOB, name, request | {"ProcessingJobName": name},
            now=now, status="InProgress", facts=facts,
        )  # fmt: skip
        ready_at = now if number == 0 else now + NEVER
        put(connection, jobs.WORK[PROCESSING_JOB], name, ready_at=ready_at)


def name_of(key: str, step: str) -> str:
    """The name of a job of a dry run."""
    return f"{STEM}-{key}-{step}"


def stands(service: Service, key: str) -> Trial:
    """How a dry run stands.

    Raises:
        NotFoundError: there is none.
    """
    with service.database.read() as connection:
        found = {step: find(connection, PROCESSING_JOB, name_of(key, step)) for step in STEPS}
    there = {step: job for step, job in found.items() if job is not None}
    if ANALYSIS not in there:
        raise NotFoundError(f"there is no dry run {key[:40]!r}", key)
    fact = there[ANALYSIS].facts[FACT]
    for step, job in there.items():
        if job.status not in jobs.ENDED:
            state = "running" if job.started_at else "waiting"
            return _trial(key, fact, state, step)
        if job.status != "Completed":
            reason = _without_labels(there, step) or job.facts.get("failure") or f"{job.name} was stopped"
            state = "no data" if NO_DATA in reason or reason.startswith(NO_LABELS) else "failed"
            return _trial(key, fact, state, step, reason)
    return _ended(key, fact, there[ANALYSIS])


def _without_labels(there: Mapping[str, Resource], step: str) -> str:
    """Why an analysis had nothing to read; "" if that is not why it failed."""
    failure = there[step].facts.get("failure") or ""
    if step != ANALYSIS or MERGE not in there or NOTHING_THERE not in failure:
        return ""
    told = there[MERGE].facts.get("exit_message") or "the log of the merge tells what was there"
    return f"{NO_LABELS}. The merge says: {told}"


def _ended(key: str, fact: dict[str, str], job: Resource) -> Trial:
    if not any(one["InputName"] == "constraints" for one in job.document["ProcessingInputs"]):
        return _trial(key, fact, "clean", ANALYSIS, ALONE)
    folder = job.document["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    try:
        summary = read_summary(read_whole(join(folder, SUMMARY), most_bytes=MOST_BYTES), SUMMARY)
    except LeeboardError as error:
        return _trial(key, fact, "failed", ANALYSIS, f"its results cannot be read: {error}")
    state = "in violation" if summary.n_violations else "clean"
    return replace(_trial(key, fact, state, ANALYSIS), summary=summary)


def _trial(key: str, fact: dict[str, str], state: str, step: str, reason: str = "") -> Trial:
    return Trial(key, fact["type"], fact["name"], fact["start_at"], fact["end_at"], state, step, reason)
