"""The demo from beginning to end, told on the screen."""

from datetime import datetime
from pathlib import Path
from shutil import rmtree
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from leeboard.capture.writer import write_capture
from leeboard.cli.demo.flights import LABEL, Flights, load_flights
from leeboard.cli.demo.model import train
from leeboard.cli.demo.traffic import DemoHour, make_traffic
from leeboard.cli.output import results
from leeboard.errors import InputError
from leeboard.jobs.clock import now
from leeboard.jobs.job import Job, Outcome
from leeboard.jobs.options import read_options, suggest_options
from leeboard.jobs.results import REPORT
from leeboard.jobs.run import run
from leeboard.monitors import Baseline
from leeboard.storage import join, write_bytes
from leeboard.storage.layout import HOUR, hour_folder, hour_of, report_folder

ENDPOINT, VARIANT, SCHEDULE = "flights", "AllTraffic", "hourly-data-quality"
N_HOURS = 8
MARK = ".leeboard-demo"
"""A file that says that a demo made the folder."""


def tell(folder: str, seed: int) -> None:
    """Run the demo; everything that it writes is below the folder."""
    console, started = results(), monotonic()
    _clear(Path(folder))
    start = hour_of(now()) - N_HOURS * HOUR
    with console.status("training a model on flights out of New York"):
        flights = load_flights(seed=seed)
        model = train(flights.training, seed=seed)
    _say(console, f"trained on {flights.training.height:,} flights of 2013: will this one be late?")
    with console.status("sending flights to the endpoint"):
        hours = list(make_traffic(model, flights.live, start=start, seed=seed))
        capture = join(folder, "capture")
        for hour in hours:
            write_capture(capture, ENDPOINT, VARIANT, hour.records)
    n_records = sum(len(hour.records) for hour in hours)
    _say(console, f"captured {n_records:,} requests of {len(hours)} hours in {capture}")
    with console.status("suggesting constraints from the training data"):
        suggested = _baseline(folder, flights)
    _say(console, f"baseline of {len(suggested.baseline.names)} columns in {join(folder, 'baseline')}")
    outcomes = []
    for hour in hours:
        with console.status(f"checking {hour.start_at:%H:%M}"):
            outcomes.append(_check(folder, hour, suggested.baseline))
        _say(console, f"checked {hour.start_at:%Y-%m-%d %H:%M}: {_count(outcomes[-1])}")
    console.print(_hours_table(hours, outcomes))
    console.print(_violations_table(hours, outcomes))
    worst = max(outcomes, key=lambda outcome: outcome.n_violations)
    _say(console, f"report of the hour with most violations: {worst.files[REPORT]}")
    _say(console, f"everything is in {folder}; done in {monotonic() - started:.1f} s")


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left; a folder with anything else in it is not touched.

    Raises:
        InputError: the folder holds something that no demo made.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise InputError(
            f"the folder {folder} is there and no demo made it; name another with --dir, or remove it"
        )
    for name in ("baseline", "capture", "reports"):
        rmtree(folder / name, ignore_errors=True)
    write_bytes(str(folder / MARK), b"")


def _baseline(folder: str, flights: Flights) -> Outcome:
    training = join(folder, "training.csv")
    write_bytes(training, flights.training.write_csv().encode())
    job = Job(
        data=training,
        read=read_options(kind="csv", header=True),
        suggest=suggest_options(label=LABEL),
        output=join(folder, "baseline"),
        data_name=training,
    )
    return run(job, now=now())


def _check(folder: str, hour: DemoHour, baseline: Baseline) -> Outcome:
    """As a schedule does it: the hour that has just ended, filed under the time at which it is checked."""
    end: datetime = hour.start_at + HOUR
    job = Job(
        data=hour_folder(join(folder, "capture"), ENDPOINT, VARIANT, at=hour.start_at),
        baseline=baseline,
        read=read_options(start=hour.start_at, end=end),
        output=report_folder(join(folder, "reports"), endpoint=ENDPOINT, schedule=SCHEDULE, at=end),
        title=f"Flights, {hour.start_at:%Y-%m-%d %H:%M} to {end:%H:%M} UTC",
        data_name=f"endpoint {ENDPOINT}",
        baseline_name=join(folder, "training.csv"),
    )
    return run(job, now=now())


def _hours_table(hours: list[DemoHour], outcomes: list[Outcome]) -> Table:
    table = Table(title=f"{len(hours)} hours of traffic", title_justify="left")
    table.add_column("Hour")
    table.add_column("Rows", justify="right")
    table.add_column("What had happened")
    table.add_column("Violations", justify="right")
    for hour, outcome in zip(hours, outcomes, strict=True):
        table.add_row(
            f"{hour.start_at:%H:%M}",
            f"{outcome.content.statistics.dataset.item_count:,}",
            "\n".join(damage.story for damage in hour.damages) or "nothing",
            Text(str(outcome.n_violations), style="bold red" if outcome.n_violations else "green"),
        )
    return table


def _violations_table(hours: list[DemoHour], outcomes: list[Outcome]) -> Table:
    table = Table(title="What leeboard found", title_justify="left")
    for heading in ("Hour", "Column", "Check", "Why, and what to do"):
        table.add_column(heading)
    for hour, outcome in zip(hours, outcomes, strict=True):
        for finding in outcome.verdict.comparison.findings if outcome.verdict else ():
            start, told = f"{hour.start_at:%H:%M}", finding.hint or finding.description
            table.add_row(start, finding.feature_name, finding.check, escape(told))
        table.add_section()
    return table


def _count(outcome: Outcome) -> str:
    if not outcome.n_violations:
        return "clean"
    return f"{outcome.n_violations} violation" + "s" * (outcome.n_violations > 1)


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
