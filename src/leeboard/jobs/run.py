"""The flow of one execution: read, fold, suggest or check, write."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any

from leeboard.engines import ENGINES
from leeboard.errors import NoDataError
from leeboard.jobs.job import Job, Log, Outcome, Watch
from leeboard.jobs.results import write_results
from leeboard.jobs.scripts import Preprocessor, run_postprocessor
from leeboard.monitors import MONITORS, Baseline, Monitor, Verdict
from leeboard.report.content import ReportContent
from leeboard.report.words import counted
from leeboard.tables import Table, Tally
from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions, Transform

MAX_TOLD = 20
"""Violations that the log tells one by one."""


def run(job: Job, *, now: datetime, log: Log = lambda line: None, watch: Watch | None = None) -> Outcome:
    """Do one execution.

    Nothing is written before everything is computed; each file is written whole or not at all.

    Args:
        job: what to do.
        now: the time that the report bears, aware.
        log: takes each line of the job's log.
        watch: told how far reading is.

    Raises:
        InputError: what was given cannot be used; no result file was written, unless it was
            the postprocessing script that failed.
    """
    started = monotonic()
    lines: list[str] = []

    def note(line: str) -> None:
        lines.append(line)
        log(line)

    monitor = MONITORS.get(job.monitor)
    state, assumed = _fold(job, monitor, note, watch)
    _log_malformed(state.tally, note)
    verdict = monitor.check(state, job.baseline, job.is_strict) if job.baseline else None
    baseline = job.baseline or monitor.suggest(state, replace(job.suggest, is_strict=job.is_strict))
    notes = (*assumed, *(verdict.comparison.notes if verdict else ()))
    for remark in notes:
        note(remark)
    content = _content(job, baseline, verdict, state.tally, now, monotonic() - started, lines)
    outcome = Outcome(baseline, verdict, content, {}, notes)
    if job.output is not None:
        outcome = replace(outcome, files=write_results(outcome, job.output, writes_report=job.writes_report))
    for line in _violation_lines(verdict):
        note(line)
    note(outcome.message)
    if job.postprocessor:
        run_postprocessor(job.postprocessor, job.script_environment, job.script_limits, note)
    return outcome


def _fold(job: Job, monitor: Monitor, log: Log, watch: Watch | None) -> tuple[Any, Sequence[str]]:
    """What the monitor folds of the data, and what was assumed of them."""
    with _preprocessor(job, log) as transform:
        table = open_table(job.data, _options(job, transform))
        if watch:
            watch.start(table.size_bytes)
        state = ENGINES.get(job.engine).fold(
            table,
            monitor.state,
            n_threads=1 if transform else None,
            progress=watch.advance if watch else None,
        )
    if not state.n_rows:
        raise NoDataError(_nothing_read(job, table, state.tally))
    log(f"{counted(state.n_rows, 'row')} of {counted(len(state.columns), 'column')} read")
    return state, table.notes


@contextmanager
def _preprocessor(job: Job, log: Log) -> Iterator[Transform | None]:
    if job.preprocessor is None:
        yield None
        return
    with Preprocessor(
        job.preprocessor, limits=job.script_limits, log=log, environment=job.script_environment
    ) as transform:
        yield transform


def _options(job: Job, transform: Transform | None) -> ReadOptions:
    """Strict mode reads whatever was mounted and matches a script's cells by position."""
    names = tuple(job.baseline.names) if job.baseline else None
    options = replace(job.read, names=job.read.names or names or None, transform=transform)
    return replace(options, window=None, by_position=True) if job.is_strict else options


def _nothing_read(job: Job, table: Table, tally: Tally) -> str:
    where = job.data_name or str(job.data)
    if tally.n_malformed:
        return (
            f"no row could be read from {where}: {counted(tally.n_malformed, 'malformed record')}, "
            f"the first in {tally.samples[0]}"
        )
    read = job.read
    which = f" of the target model {read.target_model!r}" if read.target_model else ""
    if read.window and not job.is_strict:
        start, end = (time.isoformat() for time in read.window)
        return (
            f"no record{which} in {where} has an inferenceTime from {start} to before {end}; "
            "give another window, or none to read everything"
        )
    if which:
        return f"{where} has no record{which}"
    if job.preprocessor:
        return f"the preprocessing script {job.preprocessor} kept no record of {where}"
    if read.exclude:
        return f"{where} holds no rows without the excluded columns {', '.join(read.exclude)}"
    return "; ".join([f"{where} holds no rows", *table.notes])


def _violation_lines(verdict: Verdict | None) -> Iterator[str]:
    """The first violations with their reasons, as the log is where people look first."""
    violations = verdict.violations.violations if verdict else []
    for violation in violations[:MAX_TOLD]:
        told = f"{violation.description}; {violation.hint}" if violation.hint else violation.description
        yield f"  {violation.feature_name or 'data set'}, {violation.constraint_check_type}: {told}"
    if len(violations) > MAX_TOLD:
        yield f"  and {len(violations) - MAX_TOLD} more"


def _log_malformed(tally: Tally, log: Log) -> None:
    if not tally.n_malformed:
        return
    log(f"{counted(tally.n_malformed, 'malformed record')}, the first of them:")
    for bad in tally.samples:
        log(f"  {bad}: {bad.sample!r}")


def _content(
    job: Job,
    baseline: Baseline,
    verdict: Verdict | None,
    tally: Tally,
    now: datetime,
    elapsed_s: float,
    lines: list[str],
) -> ReportContent:
    window = job.read.window if not job.is_strict else None
    statistics = verdict.statistics if verdict else baseline.statistics
    assert statistics is not None  # noqa: S101 - a suggested baseline has them
    return ReportContent(
        title=job.title or ("Data quality" if verdict else "Baseline"),
        created_at=now,
        kind="check" if verdict else "baseline",
        strict=job.is_strict,
        baseline_name=job.baseline_name,
        current_name=job.data_name,
        window=" to ".join(f"{time:%Y-%m-%d %H:%M:%S} UTC" for time in window) if window else None,
        statistics=statistics,
        baseline=baseline.statistics if verdict else None,
        constraints=baseline.constraints,
        comparison=verdict.comparison if verdict else None,
        tally=tally,
        elapsed_s=elapsed_s,
        log=tuple(lines),
    )
