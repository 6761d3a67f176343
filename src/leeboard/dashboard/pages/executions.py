"""One execution of a schedule: what happened, why, and what to do about it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leeboard.dashboard.answers import Cell, Redirect, Shown, Table, View
from leeboard.dashboard.charting import Chart
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.rendering import instant, url
from leeboard.dashboard.visit import Visit
from leeboard.dashboard.windows import window_name
from leeboard.errors import LeeboardError
from leeboard.formats.summary import SeenViolation, Summary
from leeboard.formats.whole_number import whole_number
from leeboard.report.words import counted
from leeboard.service.monitor_types import MONITOR_TYPES, TITLES
from leeboard.service.views import execution_acts as acts
from leeboard.service.views.execution import ExecutionTold, execution_told
from leeboard.service.views.execution_hours import Around, hours_around
from leeboard.service.views.execution_inputs import command_of
from leeboard.service.views.execution_reason import reason_of, waited
from leeboard.service.views.neighbours import Neighbour
from leeboard.service.views.windows import files_of_window, summary_of_execution
from leeboard.service.window_files import ReportFile

CAUSES = {
    "planned": "its time came",
    "catch-up": "made up for a time at which no server ran",
    "by hand": "run by hand",
    "once": "a schedule that runs once",
}
LOG_TAIL = 15
"""Lines that stand beside the reason of a failure."""


@dataclass(frozen=True, slots=True)
class Group:
    """Violations of one check, the most effective first."""

    label: str
    violations: tuple[SeenViolation, ...]


@dataclass(frozen=True, slots=True)
class RunOf:
    """One run in a strip."""

    state: str
    url: str
    label: str
    is_this: bool = False


def execution(visit: Visit) -> View:
    """What happened in one run of a schedule."""
    told = execution_told(visit.service, visit.names["id"])
    one = told.execution
    summary = summary_of_execution(visit.service, one) if told.has_results else None
    files, files_fault = _files(visit, told)
    around = hours_around(visit.service, one, told.schedule) if told.state == "no data" else None
    hours = _hours_charts(around) if around else []
    context = {
        "told": told,
        "one": one,
        "summary": summary,
        "reason": reason_of(told, summary),
        "waited": waited(told),
        "type": TITLES[one.monitoring_type].lower(),
        "over_time": MONITOR_TYPES[one.monitoring_type].page,
        "cause": CAUSES.get(one.cause, one.cause),
        "groups": groups_of(summary),
        "runs": [run_of(each, one.id) for each in told.around],
        "files": files,
        "files_fault": files_fault,
        "around": around,
        "hours": hours,
        "command": command_of(one.monitoring_type, told.request),
        "log_tail": _log_tail(told),
        "title": window_name(one),
    }
    trail = (("Schedules", "/schedules"), (one.schedule_name, f"/schedules/{one.schedule_name}"))
    title = f"{one.schedule_name} {instant(one.scheduled_at)}"
    return View("execution.html", title, context, trail, tables=_tables(summary), has_charts=bool(hours))


def log(visit: Visit) -> Shown:
    """Text of a job's log behind a line, for a page that follows it."""
    after = whole_number(visit.asked("after")) or 0
    lines, is_over = acts.log_of(
        visit.service, visit.names["id"], visit.asked("job", "analysis"), after=after
    )
    headers = {"leeboard-next": str(lines.last)} | ({"leeboard-ended": "1"} if is_over else {})
    return Shown("text/plain; charset=utf-8", lines.text.encode(), headers)


def run(visit: Visit) -> Redirect:
    """Run the schedule again for the same scheduled time."""
    number = visit.names["id"]
    with visit.changing() as connection:
        made = acts.run_again_in(connection, visit.service, number, visit.now)
        visit.audit_in(connection, "RunSchedule", made.schedule_name, execution=made.id, again=number)
    return Redirect(f"/executions/{made.id}", "A new run for the same window was made; this is it.")


def stop(visit: Visit) -> Redirect:
    """Ask a run to end."""
    with visit.changing() as connection:
        stopped = acts.stop_in(connection, visit.names["id"], visit.now)
        visit.audit_in(connection, "StopExecution", stopped.schedule_name, execution=stopped.id)
    return Redirect(f"/executions/{stopped.id}", "It was asked to stop.")


def groups_of(summary: Summary | None) -> list[Group]:
    """Groups by check, that with the most effective violation first."""
    found: dict[str, list[SeenViolation]] = defaultdict(list)
    for one in summary.violations if summary else []:
        found[one.label or one.check].append(one)
    return [Group(label, tuple(violations)) for label, violations in found.items()]


def run_of(one: Neighbour, this: int) -> RunOf:
    """A run as it stands in a strip."""
    n = f", {counted(one.n_violations, 'violation')}" if one.n_violations else ""
    by_hand = f", run {one.run} by hand" if one.run else ""
    label = f"{one.scheduled_at:%Y-%m-%d %H:%M} {one.state}{n}{by_hand}"
    return RunOf(one.state, url(f"/executions/{one.id}"), label, one.id == this)


def _files(visit: Visit, told: ExecutionTold) -> tuple[list[ReportFile], str]:
    """The files, or why they cannot be listed."""
    if told.results is None:
        return [], ""
    try:
        return files_of_window(visit.service, told.execution), ""
    except LeeboardError as error:
        return [], str(error)


def _log_tail(told: ExecutionTold) -> tuple[str, ...]:
    """The end of the log of the job that failed."""
    failed = next((job for job in told.jobs if job.status == "Failed"), None)
    return failed.log.texts[-LOG_TAIL:] if failed and told.state == "failed" else ()


def _hours_charts(around: Around) -> list[Chart]:
    records = [one.n_records for one in around.hours]
    if all(n is not None for n in records):
        charts = [_hours_chart(around, "Captured records by hour", records)]
    else:
        charts = [_hours_chart(around, "Captured files by hour", [one.n_files for one in around.hours])]
    if around.labels:
        charts.append(_hours_chart(around, "Files of labels by hour", [one.n_labels for one in around.hours]))
    return charts


def _hours_chart(around: Around, title: str, values: Sequence[int | None]) -> Chart:
    hours = [f"{one.hour:%H:%M}{' (window)' if one.is_window else ''}" for one in around.hours]
    series = [{"name": title.partition(" by ")[0].lower(), "values": values}]
    data = {"categories": hours, "series": series, "unit": "count"}
    return Chart("bars", title, data, title.lower().replace(" ", "-"), 120)


def _tables(summary: Summary | None) -> dict[str, Table]:
    if summary is None:
        return {}
    columns = ("check", "subject", "columns", "promised", "seen", "effect", "description", "hint")
    found = {"violations": Table(columns, lambda: _violation_rows(summary))}
    if summary.malformed:
        samples = [(one.place, one.reason, one.text) for one in summary.malformed]
        found["malformed"] = Table(("place", "reason", "text"), lambda: samples)
    return found


def _violation_rows(summary: Summary) -> Iterator[Sequence[Cell]]:
    for one in summary.violations:
        columns = ", ".join(one.columns)
        yield (
            one.check, one.subject, columns, one.promised, one.seen, one.effect, one.description, one.hint,
        )  # fmt: skip


ENTRY = Pages(
    "executions",
    (
        Page("GET", "/executions/{id}", execution),
        Page("GET", "/executions/{id}/log", log),
        Page("POST", "/executions/{id}/run", run, role="editor"),
        Page("POST", "/executions/{id}/stop", stop, role="editor"),
    ),
)
