"""What one execution is asked to do, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from leeboard.jobs.scripts import ScriptLimits
from leeboard.monitors import Baseline, SuggestOptions, Verdict
from leeboard.report.content import ReportContent
from leeboard.tables import Chunk
from leeboard.tables.options import ReadOptions

Log = Callable[[str], None]


class Watch(Protocol):
    """Somebody who looks on while data are read."""

    def start(self, size_bytes: int | None) -> None:
        """Reading begins; the stored size of everything, if it is known."""

    def advance(self, chunk: Chunk, n_rows: int) -> None:
        """A chunk is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One execution.

    Attributes:
        data: URIs or a frame, as `open_table` takes it.
        monitor: name of a monitor.
        engine: name of an engine.
        baseline: what the data are held against; None to suggest one from the data.
        read: how the data are read.
        suggest: what is wanted of suggested constraints.
        is_strict: reproduce AWS's defects.
        preprocessor, postprocessor: URIs of the user's scripts.
        script_limits: what the scripts may use.
        script_environment: environment variables that the scripts see.
        output: folder or prefix for the result files; None to write none.
        writes_report: whether `report.html` is among them.
        title, data_name, baseline_name: what the report calls the run and its inputs.
    """

    data: Any
    monitor: str = "data-quality"
    engine: str = "local"
    baseline: Baseline | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    suggest: SuggestOptions = field(default_factory=SuggestOptions)
    is_strict: bool = False
    preprocessor: str | None = None
    postprocessor: str | None = None
    script_limits: ScriptLimits = field(default_factory=ScriptLimits)
    script_environment: dict[str, str] = field(default_factory=dict)
    output: str | None = None
    writes_report: bool = True
    title: str = ""
    data_name: str = ""
    baseline_name: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an execution found.

    Attributes:
        baseline: the one that was suggested, or the one that was used.
        verdict: None where a baseline was suggested.
        content: the report before it is drawn.
        files: URIs of what was written, by file name.
        notes: what was assumed of the data, and what was not checked and why.
    """

    baseline: Baseline
    verdict: Verdict | None
    content: ReportContent
    files: dict[str, str]
    notes: tuple[str, ...] = ()

    @property
    def n_violations(self) -> int:
        return len(self.verdict.violations.violations) if self.verdict else 0

    @property
    def message(self) -> str:
        """The sentence by which AWS tells the state of an execution."""
        if self.n_violations:
            return f"CompletedWithViolations: Job completed successfully with {self.n_violations} violations."
        return "Completed: Job completed successfully with no violations."
