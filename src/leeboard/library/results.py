"""What the calls give back: values that show themselves."""

from os import PathLike, fspath
from typing import Any

import polars as pl

from leeboard.compare import DriftScore, Finding
from leeboard.formats.constraints import Constraints
from leeboard.formats.statistics import Statistics
from leeboard.formats.violations import Violations
from leeboard.jobs.job import Outcome
from leeboard.jobs.results import write_results
from leeboard.monitors import Baseline, Verdict
from leeboard.report import render_html, to_notebook_html
from leeboard.tables import Tally


class _Result:
    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    @property
    def statistics(self) -> Statistics:
        """Statistics of the data, as `statistics.json` holds them."""
        return self._outcome.content.statistics

    @property
    def malformed(self) -> Tally:
        """Records that could not be read: how many, and the first of them."""
        return self._outcome.content.tally

    @property
    def log(self) -> tuple[str, ...]:
        """Lines that the run wrote."""
        return self._outcome.content.log

    def save(self, folder: str | PathLike[str]) -> dict[str, str]:
        """Write all files, `report.html` included; gives the URI of each by its name."""
        return write_results(self._outcome, fspath(folder))

    def to_html(self) -> str:
        """The whole report as one HTML page."""
        return render_html(self._outcome.content)

    def _repr_html_(self) -> str:
        return to_notebook_html(self._outcome.content)

    def __repr__(self) -> str:
        from rich.console import Console

        console = Console(width=120)
        with console.capture() as capture:
            console.print(self.__rich__())
        return capture.get().rstrip("\n")

    def __rich__(self) -> Any:
        raise NotImplementedError


class BaselineResult(_Result):
    """A suggested baseline; a notebook shows it as a page, a terminal as a table.

    Attributes:
        baseline: the constraints and the statistics, for `check`.
    """

    @property
    def baseline(self) -> Baseline:
        return self._outcome.baseline

    @property
    def name(self) -> str:
        """What the data are called in reports."""
        return self._outcome.content.current_name

    @property
    def constraints(self) -> Constraints:
        """The suggested constraints; change them before you check."""
        return self._outcome.baseline.constraints

    def __rich__(self) -> Any:
        from leeboard.report.terminal import statistics_table

        return statistics_table(self.statistics)


class CheckResult(_Result):
    """What a check found; a notebook shows it as a page, a terminal as a table."""

    @property
    def is_clean(self) -> bool:
        """No constraint is broken."""
        return self._outcome.n_violations == 0

    @property
    def findings(self) -> list[Finding]:
        """Broken promises, with what was seen, what was promised and a hint."""
        return list(self._verdict.comparison.findings)

    @property
    def drift(self) -> list[DriftScore]:
        """How far each column has moved, and how that was judged."""
        return list(self._verdict.comparison.drift)

    @property
    def notes(self) -> list[str]:
        """What was assumed of the data, and what was not checked and why."""
        return list(self._outcome.notes)

    @property
    def violations(self) -> Violations:
        """The findings as `constraint_violations.json` holds them."""
        return self._verdict.violations

    def to_frame(self) -> pl.DataFrame:
        """The findings as a frame: feature_name, check, observed, expected, description, hint."""
        fields = ("feature_name", "check", "observed", "expected", "description", "hint")
        rows = [[getattr(finding, name) for name in fields] for finding in self.findings]
        kinds = [pl.String, pl.String, pl.Float64, pl.Float64, pl.String, pl.String]
        return pl.DataFrame(rows, schema=dict(zip(fields, kinds, strict=True)), orient="row")

    @property
    def _verdict(self) -> Verdict:
        assert self._outcome.verdict is not None  # noqa: S101 - a check has one
        return self._outcome.verdict

    def __rich__(self) -> Any:
        from leeboard.report.terminal import violations_table

        return violations_table(self._verdict.comparison)
