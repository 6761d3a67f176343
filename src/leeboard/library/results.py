"""What the calls give back: values that show themselves."""

from os import PathLike, fspath
from typing import Any

import polars as pl

from leeboard.compare import Comparison, DriftScore, Finding
from leeboard.formats.part import Part
from leeboard.formats.violations import Violations
from leeboard.jobs.job import Outcome
from leeboard.jobs.results import write_results
from leeboard.report import render_html, terminal_tables, to_notebook_html
from leeboard.tables import Tally


class _Result:
    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    @property
    def monitor(self) -> str:
        """The monitor that looked at the data."""
        return self._outcome.report.sections[0].monitor

    @property
    def documents(self) -> dict[str, Part]:
        """The result files by their names, such as `statistics.json`, but for the violations."""
        return dict(self._outcome.documents)

    @property
    def statistics(self) -> Any:
        """Statistics of the data, as `statistics.json` holds them.

        Raises:
            KeyError: the monitor has no such file; see `documents`.
        """
        return self._outcome.documents["statistics.json"]

    @property
    def malformed(self) -> Tally:
        """Records that could not be read: how many, and the first of them."""
        return self._outcome.report.tally

    @property
    def log(self) -> tuple[str, ...]:
        """Lines that the run wrote."""
        return self._outcome.report.log

    @property
    def notes(self) -> list[str]:
        """What was assumed of the data, and what was not checked and why."""
        return list(self._outcome.notes)

    def save(self, folder: str | PathLike[str]) -> dict[str, str]:
        """Write all files, `report.html` included; gives the URI of each by its name."""
        return write_results(self._outcome, fspath(folder))

    def to_html(self) -> str:
        """The whole report as one HTML page."""
        return render_html(self._outcome.report)

    def _repr_html_(self) -> str:
        return to_notebook_html(self._outcome.report)

    def __repr__(self) -> str:
        from rich.console import Console

        console = Console(width=120)
        with console.capture() as capture:
            console.print(self.__rich__())
        return capture.get().rstrip("\n")

    def __rich__(self) -> Any:
        from rich.console import Group

        return Group(*terminal_tables(self._outcome.report))


class BaselineResult(_Result):
    """A suggested baseline; a notebook shows it as a page, a terminal as a table.

    Attributes:
        baseline: the constraints and the statistics, for `check`.
    """

    @property
    def baseline(self) -> Any:
        return self._outcome.baseline

    @property
    def name(self) -> str:
        """What the data are called in reports."""
        return self._outcome.report.current_name

    @property
    def constraints(self) -> Any:
        """The suggested constraints; change them before you check.

        Raises:
            KeyError: the monitor has none but its `analysis.json`; see `documents`.
        """
        return self._outcome.documents["constraints.json"]

    def __rich__(self) -> Any:
        from leeboard.formats.statistics import Statistics
        from leeboard.report.terminal import statistics_table

        statistics = self._outcome.documents.get("statistics.json")
        return statistics_table(statistics) if isinstance(statistics, Statistics) else super().__rich__()


class CheckResult(_Result):
    """What a check found; a notebook shows it as a page, a terminal as a table."""

    @property
    def is_clean(self) -> bool:
        """No constraint is broken."""
        return self._outcome.n_violations == 0

    @property
    def findings(self) -> list[Finding]:
        """Of data quality: broken promises, with what was seen, what was promised and a hint."""
        return list(self._comparison.findings)

    @property
    def drift(self) -> list[DriftScore]:
        """Of data quality: how far each column has moved, and how that was judged."""
        return list(self._comparison.drift)

    @property
    def violations(self) -> Violations:
        """The broken promises as `constraint_violations.json` holds them."""
        return Violations(violations=self._outcome.violations)

    def to_frame(self) -> pl.DataFrame:
        """The violations as a frame: subject, check, observed, expected, description, hint.

        The numbers are there for data quality; the subject is the column, or what else was checked.
        """
        fields = {"feature_name": pl.String, "check": pl.String, "observed": pl.Float64,
                  "expected": pl.Float64, "description": pl.String, "hint": pl.String}  # fmt: skip
        if self.findings:
            rows = [[getattr(finding, name) for name in fields] for finding in self.findings]
        else:
            rows = [
                [one.subject, one.constraint_check_type, None, None, one.description, one.hint]
                for one in self._outcome.violations
            ]
        return pl.DataFrame(rows, schema=fields, orient="row")

    @property
    def _comparison(self) -> Comparison:
        details = self._outcome.results[0].details
        return details if isinstance(details, Comparison) else Comparison()
