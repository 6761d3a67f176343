"""What alerting does when a pipeline ends, or a job that neither a schedule nor a pipeline has started."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from leeboard.alerts.rules import Rule, When
from leeboard.service.alerting import rulebook
from leeboard.service.alerting.incidents import Found, in_force_about, settle
from leeboard.service.alerting.subjects import Runs, runs_of_job, runs_of_pipeline
from leeboard.service.alerting.turn import in_turn
from leeboard.service.resources import Resource
from leeboard.state.tables import pipeline_executions, pipeline_steps

SUCCEEDED, COMPLETED, FAILED = "Succeeded", "Completed", "Failed"
STARTED_BY = frozenset({"schedule_id", "monitoring_type", "pipeline_execution"})
"""Facts of jobs that something else looks after: a schedule, a dry run of one, or a pipeline."""
MOST_STEPS = 10
MOST_REASON = 500
MISMATCH = "The rule is not about it any more."


def pipeline_ended(connection: Connection, execution_id: int, *, now: datetime) -> None:
    """Judge the rules of its pipeline, in the transaction that ends the execution."""
    in_turn(connection)
    rules = _rules(connection, "pipeline-failed")
    if not rules:
        return
    c = pipeline_executions.c
    row = connection.execute(select(c.pipeline_id, c.pipeline_name).where(c.id == execution_id)).one()
    runs = runs_of_pipeline(row.pipeline_id, row.pipeline_name)
    ends = _last_ends(connection, row.pipeline_id, max(rule.n_last for rule in rules))
    for rule in rules:
        is_mine = rule.match.matches(pipeline=runs.pipeline)
        found = _found_in(connection, rule, ends[: rule.n_last]) if is_mine else []
        over = "The last executions give no more cause." if is_mine else MISMATCH
        _settle(connection, rule, runs, found, over, now)


def _last_ends(connection: Connection, pipeline_id: int, n: int) -> Sequence[Any]:
    """Newest first; what was stopped does not count."""
    c = pipeline_executions.c
    columns = (c.id, c.key, c.pipeline_name, c.display_name, c.status, c.failure_reason, c.created_at)
    ended = (c.pipeline_id == pipeline_id, c.status.in_((SUCCEEDED, FAILED)), c.ended_at.is_not(None))
    query = select(*columns).where(*ended).order_by(c.ended_at.desc(), c.id.desc()).limit(n)
    return connection.execute(query).all()


def _found_in(connection: Connection, rule: Rule, ends: Sequence[Any]) -> list[Found]:
    bad = [row for row in ends if row.status == FAILED]
    if len(bad) < rule.windows:
        return []
    newest = bad[0]
    steps = _failed_steps(connection, newest.id)
    sentences = [
        rule.description,
        f"Execution {newest.display_name or newest.key}, started at {newest.created_at:%Y-%m-%d %H:%M} UTC, "
        "failed.",
        *(f"{step['step']}: {step['reason']}" for step in steps),
        "" if steps else newest.failure_reason or "",
    ]
    if rule.n_last > 1:
        sentences.append(
            f"{len(bad)} of the last {len(ends)} executions failed; the rule asks for {rule.windows} of "
            f"{rule.n_last}."
        )
    at = f" at {', '.join(step['step'] for step in steps[:3])}" if steps else ""
    return [
        Found(
            title=f"{newest.pipeline_name}: failed{at}",
            text=" ".join(each for each in sentences if each),
            severity=rule.severity,
            counts={"failed_executions": len(bad), "executions": len(ends)},
            facts={"pipeline_execution": newest.key, "failed_steps": steps},
        )
    ]


def _failed_steps(connection: Connection, execution_id: int) -> list[dict[str, str]]:
    """With why, and the job that shows more, where there is one."""
    c = pipeline_steps.c
    failed = (c.execution_id == execution_id, c.status == FAILED)
    columns = (c.name, c.type, c.failure_reason, c.step_metadata)
    rows = connection.execute(select(*columns).where(*failed).order_by(c.id).limit(MOST_STEPS))
    return [_step(row) for row in rows]


def _step(row: Any) -> dict[str, str]:
    told = {"step": row.name, "type": row.type, "reason": (row.failure_reason or "")[:MOST_REASON]}
    known = (row.step_metadata or {}).items()
    jobs = [value["Arn"] for key, value in known if key in ("ProcessingJob", "TransformJob")]
    return told | ({"job": jobs[0].rpartition("/")[2]} if jobs else {})


def pipeline_removed(connection: Connection, pipeline_id: int, name: str, *, now: datetime) -> None:
    """What is in force of it is over."""
    in_turn(connection)
    rules = _rules(connection, "pipeline-failed")
    subject = runs_of_pipeline(pipeline_id, name).subject()
    found = in_force_about(connection, subject, [rule.name for rule in rules]) if rules else []
    rulebook.end_incidents(connection, found, "The pipeline was deleted.", now=now)


def job_ended(connection: Connection, job: Resource, status: str, reason: str | None, now: datetime) -> None:
    """Judge the rules of jobs, in the transaction that ends this one; one that was stopped does not count."""
    if STARTED_BY & job.facts.keys() or status not in (COMPLETED, FAILED):
        return
    in_turn(connection)
    runs = runs_of_job(job.kind, job.name, job.document)
    for rule in _rules(connection, "job-failed"):
        is_mine = rule.match.matches(job=runs.job)
        is_bad = is_mine and status == FAILED
        over = f"The job {job.name} has completed." if is_mine else MISMATCH
        found = [_failed_job(rule, job, reason)] if is_bad else []
        _settle(connection, rule, runs, found, over, now)


def _failed_job(rule: Rule, job: Resource, reason: str | None) -> Found:
    text = f"{rule.description} The {noun_of(job.kind)} {job.name} failed: {reason or 'no reason was told'}"
    return Found(
        title=f"{job.name}: failed",
        text=text.strip(),
        severity=rule.severity,
        facts={"job_name": job.name, "job_kind": job.kind},
    )


def noun_of(kind: str) -> str:
    """The kind of a job in words."""
    return kind.replace("-", " ")


def _rules(connection: Connection, when: When) -> list[Rule]:
    return [rule for rule in rulebook.rules(connection) if rule.when == when]


def _settle(
    connection: Connection, rule: Rule, runs: Runs, found: list[Found], over: str, now: datetime
) -> None:
    in_force = in_force_about(connection, runs.subject(), [rule.name])
    if found or in_force:
        routes = rulebook.routes(connection)
        settle(connection, rule.name, runs, found, in_force=in_force, over=over, routes=routes, now=now)
