"""How `leeboard check` tells a CI what it found, and why it found nothing."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Self

import typer

if TYPE_CHECKING:
    from leeboard.jobs.job import Outcome
    from leeboard.report.gate.judgement import Judgement
    from leeboard.report.gate.policy import Policy

SUMMARY = "GITHUB_STEP_SUMMARY"
RUN = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Where the verdict on one check goes.

    Attributes:
        blank: a judgement without any case, which knows what is held against what.
        files: the names of formats with the URIs that they are written to.
        is_github: workflow commands are printed, and the step's summary is added to.
        report_url: where people find the report; None for where it was written.
    """

    blank: "Judgement"
    files: tuple[tuple[str, str], ...]
    is_github: bool
    report_url: str | None

    @classmethod
    def of(
        cls,
        *,
        monitor: str,
        data: Sequence[str],
        baseline: str,
        junit: str | None,
        markdown: str | None,
        github: bool | None,
        report_url: str | None,
        at: datetime,
    ) -> Self:
        """The gate of a command line; GitHub's runners say of themselves what they are."""
        from leeboard.report.gate.judgement import Judgement

        is_github = os.environ.get("GITHUB_ACTIONS") == "true" if github is None else github
        data_name = ", ".join(data)
        named = Judgement(monitor=monitor, data_name=data_name, baseline_name=baseline, made_at=at)
        wanted = (("junit", junit), ("markdown", markdown))
        return cls(
            blank=named,
            files=tuple((name, uri) for name, uri in wanted if uri),
            is_github=is_github,
            report_url=report_url or (_run_url() if is_github else None),
        )

    def policy(self, fail_on: Sequence[str], max_violations: int) -> "Policy":
        """Which violations close the gate; bad words for it are refused before anything is read."""
        from leeboard.report.gate.policy import policy_of

        return policy_of(fail_on, max_violations, self.blank.monitor)

    @contextmanager
    def faults_told(self) -> Iterator[None]:
        """Tell why there is no verdict, before the error goes on.

        What is printed inside may hold names and values of strangers, which GitHub must not take for
        commands.
        """
        token = token_hex(16)
        self._command(f"::stop-commands::{token}")
        try:
            yield
        except Exception as error:
            self._command(f"::{token}::")
            self._tell_fault(error)
            raise
        self._command(f"::{token}::")

    def passes(self, outcome: "Outcome", policy: "Policy", *, quiet: bool) -> bool:
        """Tell the verdict on an outcome, and give it."""
        from leeboard.cli.output import results
        from leeboard.report.gate.cases import cases_of

        judgement = replace(
            self.blank,
            policy=policy,
            cases=cases_of(outcome.report),
            elapsed_s=outcome.report.elapsed_s or 0.0,
            report=self.report_url or outcome.files.get("report.html", ""),
        )
        self._tell(judgement)
        if not quiet and judgement.passes and judgement.broken:
            results().print(f"passes: {judgement.sentence}", markup=False, highlight=False)
        return judgement.passes

    def _tell_fault(self, error: Exception) -> None:
        """What cannot be written here must not hide the error that is told."""
        from leeboard.errors import InputError, LeeboardError
        from leeboard.report.gate.judgement import Fault

        message = str(error) if isinstance(error, LeeboardError) else f"{type(error).__name__}: {error}"
        fault = Fault(kind=type(error).__name__, message=message, is_input=isinstance(error, InputError))
        try:
            self._tell(replace(self.blank, fault=fault))
        except LeeboardError as second:
            typer.echo(f"the verdict could not be written: {second}", err=True)

    def _tell(self, judgement: "Judgement") -> None:
        from leeboard.report.gate import FORMATS
        from leeboard.storage import write_bytes

        if self.is_github:
            typer.echo(FORMATS.get("github").render(judgement), nl=False)
            _add_to_summary(FORMATS.get("markdown").render(judgement))
        for name, uri in self.files:
            write_bytes(uri, FORMATS.get(name).render(judgement).encode())

    def _command(self, line: str) -> None:
        if self.is_github:
            typer.echo(line)


def _run_url() -> str | None:
    """The page of the run, which links to its artifacts."""
    server, repository, number = (os.environ.get(name, "") for name in RUN)
    known = server and repository and number
    return f"{server}/{repository}/actions/runs/{number}" if known else None


def _add_to_summary(text: str) -> None:
    from leeboard.errors import InputError

    file = os.environ.get(SUMMARY)
    if not file:
        return
    try:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(text + "\n")
    except OSError as error:
        raise InputError(f"{SUMMARY} is {file}, which cannot be added to: {error.strerror}") from error
