"""The flow of one execution: read, fold, suggest or check, write."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic

from leeboard.engines import ENGINES
from leeboard.errors import NoDataError
from leeboard.jobs.job import Asked, Job, Log, Outcome, Watch
from leeboard.jobs.narrowed import Narrowed
from leeboard.jobs.results import write_results
from leeboard.jobs.scripts import Preprocessor, run_postprocessor
from leeboard.jobs.together import Parts, Together
from leeboard.monitors import MONITORS, Analysis, Order, Result
from leeboard.report import Report, SectionContent
from leeboard.report.summaries import summary_of
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

    analyses = [_started(job, asked, now, note) for asked in job.asked]
    parts, assumed = _fold(job, analyses, note, watch)
    _log_malformed(parts.tally, note)
    pairs = zip(analyses, parts.states, strict=True)
    results = tuple(analysis.conclude(state) for analysis, state in pairs)
    notes = (*assumed, *(remark for result in results for remark in result.notes))
    for remark in notes:
        note(remark)
    report = _report(job, results, parts.tally, now, monotonic() - started, lines, notes)
    outcome = Outcome(results, report, {}, notes, parts.n_rows)
    if job.output is not None:
        outcome = replace(outcome, files=_written(job, outcome, job.output))
    for line in _violation_lines(outcome):
        note(line)
    note(outcome.message)
    if job.postprocessor:
        run_postprocessor(job.postprocessor, job.script_environment, job.script_limits, note)
    return outcome


def _started(job: Job, asked: Asked, now: datetime, log: Log) -> Analysis:
    order = Order(
        settings=asked.settings,
        baseline=asked.baseline,
        is_strict=job.is_strict,
        model=job.model,
        at=now,
        log=log,
    )
    analysis = MONITORS.get(asked.monitor).start(order)
    return analysis if asked.columns is None else Narrowed(analysis, asked.columns)


def _fold(
    job: Job, analyses: Sequence[Analysis], log: Log, watch: Watch | None
) -> tuple[Parts, Sequence[str]]:
    """What the monitors fold of the data, and what was assumed of them."""
    with _preprocessor(job, log) as transform:
        options = replace(job.read, transform=transform)
        for analysis in analyses:
            options = analysis.reading(options)
        table = job.opens(options) if job.opens else open_table(job.data, options)
        if watch:
            watch.start(table.size_bytes)
        parts = ENGINES.get(job.engine).fold(
            table,
            Together(analyses),
            n_threads=1 if transform else None,
            progress=watch.advance if watch else None,
        )
    if not parts.n_rows:
        raise NoDataError(_nothing_read(job, table, parts.tally, options))
    log(f"{counted(parts.n_rows, 'row')} of {counted(len(parts.columns), 'column')} read")
    return parts, table.notes


@contextmanager
def _preprocessor(job: Job, log: Log) -> Iterator[Transform | None]:
    if job.preprocessor is None:
        yield None
        return
    with Preprocessor(
        job.preprocessor, limits=job.script_limits, log=log, environment=job.script_environment
    ) as transform:
        yield transform


def _nothing_read(job: Job, table: Table, tally: Tally, read: ReadOptions) -> str:
    where = job.data_name or str(job.data)
    if tally.n_malformed:
        return (
            f"no row could be read from {where}: {counted(tally.n_malformed, 'malformed record')}, "
            f"the first in {tally.samples[0]}"
        )
    which = f" of the target model {read.target_model!r}" if read.target_model else ""
    if read.window:
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


def _written(job: Job, outcome: Outcome, folder: str) -> dict[str, str]:
    summary = None
    if job.writes_summary and outcome.is_check:
        summary = summary_of(outcome.report, n_rows=outcome.n_rows, job=job.name)
    return write_results(outcome, folder, writes_report=job.writes_report, summary=summary)


def _violation_lines(outcome: Outcome) -> Iterator[str]:
    """The first violations with their reasons, as the log is where people look first."""
    violations = outcome.violations
    for violation in violations[:MAX_TOLD]:
        told = f"{violation.description}; {violation.hint}" if violation.hint else violation.description
        yield f"  {violation.subject or 'data set'}, {violation.constraint_check_type}: {told}"
    if len(violations) > MAX_TOLD:
        yield f"  and {len(violations) - MAX_TOLD} more"


def _log_malformed(tally: Tally, log: Log) -> None:
    if not tally.n_malformed:
        return
    log(f"{counted(tally.n_malformed, 'malformed record')}, the first of them:")
    for bad in tally.samples:
        log(f"  {bad}: {bad.sample!r}")


def _report(
    job: Job,
    results: Sequence[Result],
    tally: Tally,
    now: datetime,
    elapsed_s: float,
    lines: list[str],
    notes: Sequence[str],
) -> Report:
    window = job.read.window if not job.is_strict else None
    is_check = any(result.violations is not None for result in results)
    titles = " and ".join(MONITORS.get(asked.monitor).title for asked in job.asked)
    return Report(
        title=job.title or (titles if is_check else "Baseline"),
        created_at=now,
        kind="check" if is_check else "baseline",
        strict=job.is_strict,
        baseline_name=job.baseline_name,
        current_name=job.data_name,
        window=" to ".join(f"{time:%Y-%m-%d %H:%M:%S} UTC" for time in window) if window else None,
        sections=tuple(_section(asked, result) for asked, result in zip(job.asked, results, strict=True)),
        tally=tally,
        elapsed_s=elapsed_s,
        log=tuple(lines),
        notes=tuple(notes),
    )


def _section(asked: Asked, result: Result) -> SectionContent:
    return SectionContent(
        monitor=asked.monitor,
        documents=result.documents,
        baseline=result.baseline,
        violations=result.violations,
        details=result.details,
    )
