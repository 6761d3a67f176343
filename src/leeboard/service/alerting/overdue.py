"""What does not end: executions of schedules and of pipelines, and jobs; looked for by the clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, cast, func, select

from leeboard.alerts import rules
from leeboard.alerts.rules import Rule
from leeboard.service.alerting import rulebook
from leeboard.service.alerting.incidents import Found, Incident, end_incident, in_force_of_rule, settle
from leeboard.service.alerting.runs import STARTED_BY, noun_of
from leeboard.service.alerting.subjects import About, Monitored, run_of_job, run_of_pipeline
from leeboard.service.alerting.turn import in_turn
from leeboard.service.arns import PROCESSING_JOB, SCHEDULE, TRANSFORM_JOB
from leeboard.service.service import Service
from leeboard.state.columns import Number
from leeboard.state.tables import executions, pipeline_executions, resources, work

MOST = 500
"""Changes at a time; the others come next."""
MOST_UNFINISHED = 20_000
PIPELINE_WORK = "pipeline"
"""The kind of work that there is for each execution of a pipeline until it ends."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What has not ended.

    Attributes:
        names: what rules match.
        title: what it is called.
        what: it, as a sentence begins.
    """

    about: About
    names: Mapping[str, str | None]
    since_at: datetime
    title: str
    what: str
    facts: Mapping[str, str]


def look_for_overdue(service: Service, at: datetime) -> int:
    """How many alerts began or are over."""
    with service.database.read() as connection:
        if not _all_changes(connection, at):
            return 0
    with service.database.write() as connection:
        in_turn(connection)
        changes = _all_changes(connection, at)  # somebody else may have been quicker
        return sum(_write(connection, rule, new, over, at) for rule, new, over in changes)


def _all_changes(connection: Connection, at: datetime) -> list[tuple[Rule, list[Unfinished], list[Incident]]]:
    """What is new and what is over of each rule of which there is anything."""
    by_clock = [rule for rule in rulebook.rules(connection) if rule.is_by_clock]
    unfinished = {kind: list(_UNFINISHED[kind](connection, at)) for kind in {r.about for r in by_clock}}
    changes = [(rule, *_changes(connection, rule, unfinished[rule.about], at)) for rule in by_clock]
    return [each for each in changes if each[1] or each[2]]


def _schedules(connection: Connection, at: datetime) -> Iterator[Unfinished]:
    """Each schedule that waits for something, since when that is due."""
    e, r = executions.c, resources.c
    query = (
        select(e.schedule_id, e.schedule_name, e.endpoint, e.monitoring_type, func.min(e.created_at))
        .where(e.status.in_(("Pending", "InProgress", "Stopping")))
        .group_by(e.schedule_id, e.schedule_name, e.endpoint, e.monitoring_type)
        .limit(MOST_UNFINISHED)
    )
    due = {row[0]: (Monitored(*row[:4]), row[4]) for row in connection.execute(query)}
    unplanned = (r.kind == SCHEDULE, r.status == "Scheduled", r.due_at < at)
    query = select(r.id, r.name, r.endpoint, r.monitoring_type, r.due_at).where(*unplanned)
    for row in connection.execute(query.limit(MOST_UNFINISHED)):
        since_at = min(row.due_at, due[row.id][1]) if row.id in due else row.due_at
        due[row.id] = (Monitored(*row[:4]), since_at)
    for schedule, since_at in due.values():
        names = {
            "schedule": schedule.schedule,
            "endpoint": schedule.endpoint,
            "monitor": schedule.monitoring_type,
        }
        yield Unfinished(schedule, names, since_at, schedule.schedule, "An execution that was due", {})


def _pipelines(connection: Connection, at: datetime) -> Iterator[Unfinished]:
    c = pipeline_executions.c
    numbers = select(cast(work.c.subject, Number)).where(work.c.kind == PIPELINE_WORK)
    query = select(c.id, c.key, c.pipeline_name, c.display_name, c.created_at).where(
        c.id.in_(numbers), c.status.in_(("Executing", "Stopping"))
    )
    for row in connection.execute(query.limit(MOST_UNFINISHED)):
        about = run_of_pipeline(row.id, row.pipeline_name)
        what = f"{row.display_name or row.key}: the execution that was started"
        names, facts = {"pipeline": row.pipeline_name}, {"pipeline_execution": row.key}
        yield Unfinished(about, names, row.created_at, row.pipeline_name, what, facts)


def _jobs(connection: Connection, at: datetime) -> Iterator[Unfinished]:
    """Those that neither a schedule nor a pipeline has started."""
    c = resources.c
    is_running = (c.kind.in_((PROCESSING_JOB, TRANSFORM_JOB)), c.status.in_(("InProgress", "Stopping")))
    query = select(c.id, c.kind, c.name, c.created_at, c.facts).where(*is_running)
    for row in connection.execute(query.limit(MOST_UNFINISHED)):
        if not STARTED_BY & row.facts.keys():
            about = run_of_job(row.id, row.name)
            what = f"{row.name}: the {noun_of(row.kind)} that was asked for"
            facts = {"job_name": row.name, "job_kind": row.kind}
            yield Unfinished(about, {"job": about.job}, row.created_at, row.name, what, facts)


_UNFINISHED = {"schedule": _schedules, "pipeline": _pipelines, "job": _jobs}
_OVER: Mapping[rules.About, str] = {
    "schedule": "Nothing of this schedule is overdue any more.",
    "pipeline": "The execution has ended.",
    "job": "The job has ended.",
}


def _changes(
    connection: Connection, rule: Rule, unfinished: list[Unfinished], at: datetime
) -> tuple[list[Unfinished], list[Incident]]:
    """What is new of one rule, and what is over.

    What was overdue once is so until it ends: clocks are set back, and are not the same everywhere.
    """
    before = {each.subject: each for each in in_force_of_rule(connection, rule.name)}
    limit = timedelta(seconds=rule.after_s)
    overdue = {}
    for each in unfinished:
        known = before.get(subject := each.about.subject())
        latest = max(at, known.opened_at) if known else at
        if latest - each.since_at > limit and rule.match.matches(**each.names):
            overdue[subject] = each
    new = [each for subject, each in overdue.items() if subject not in before]
    over = [incident for subject, incident in before.items() if subject not in overdue]
    return new[:MOST], over[:MOST]


def _write(
    connection: Connection, rule: Rule, new: list[Unfinished], over: list[Incident], at: datetime
) -> int:
    routes = rulebook.routes(connection)
    for each in new:
        settle(
            connection, rule.name, each.about, [_found(rule, each)], in_force=[], over="", routes=routes,
            now=at,
        )  # fmt: skip
    for incident in over:
        end_incident(connection, incident, _OVER[rule.about], routes=routes, now=at)
    return len(new) + len(over)


def _found(rule: Rule, late: Unfinished) -> Found:
    text = (
        f"{rule.description} {late.what} at {late.since_at:%Y-%m-%d %H:%M} UTC has not ended "
        f"{_lasting(rule.after_s)} later."
    )
    title = f"{late.title}: overdue"
    return Found(title=title, text=text.strip(), severity=rule.severity, facts=late.facts)


def _lasting(seconds: float) -> str:
    """An amount of time in words."""
    for unit_s, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit_s and seconds % unit_s == 0:
            n = int(seconds // unit_s)
            return f"{n} {word}{'s' * (n != 1)}"
    return f"{seconds:g} seconds"
