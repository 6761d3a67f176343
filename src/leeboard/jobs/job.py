"""What one execution is asked to do, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from leeboard.formats.part import Part
from leeboard.formats.violations import AnyViolation
from leeboard.jobs.scripts import ScriptLimits
from leeboard.measures.model import Model
from leeboard.monitors import Result
from leeboard.monitors.data_quality import DataQualitySettings
from leeboard.report import Report
from leeboard.tables import Chunk, Table
from leeboard.tables.options import ReadOptions

Log = Callable[[str], None]


class Watch(Protocol):
    """Somebody who looks on while data are read."""

    def start(self, size_bytes: int | None) -> None:
        """Reading begins; the stored size of everything, if it is known."""

    def advance(self, chunk: Chunk, n_rows: int) -> None:
        """A chunk is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One monitor that is to look at the data.

    Attributes:
        monitor: its name.
        settings: its own settings.
        baseline: what the data are held against; None to suggest one from the data.
        columns: those that it sees beside the parts of a record; None for all.
    """

    monitor: str = "data-quality"
    settings: Any = field(default_factory=DataQualitySettings)
    baseline: Any = None
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One execution.

    Attributes:
        data: URIs or a frame, as `open_table` takes it.
        asked: the monitors that look at the data, in one pass.
        engine: name of an engine.
        read: how the data are read.
        opens: opens the data where they are more than what `open_table` takes.
        model: for monitors that ask one.
        is_strict: reproduce AWS's defects.
        preprocessor, postprocessor: URIs of the user's scripts.
        script_limits: what the scripts may use.
        script_environment: environment variables that the scripts see.
        output: folder or prefix for the result files; None to write none.
        writes_report: whether `report.html` is among them.
        writes_summary: whether `summary.json` is, for a dashboard; never for a baseline.
        name: of the processing job; None outside of one.
        title, data_name, baseline_name: what the report calls the run and its inputs.
    """

    data: Any
    asked: tuple[Asked, ...] = (Asked(),)
    engine: str = "local"
    read: ReadOptions = field(default_factory=ReadOptions)
    opens: Callable[[ReadOptions], Table] | None = None
    model: Model | None = None
    is_strict: bool = False
    preprocessor: str | None = None
    postprocessor: str | None = None
    script_limits: ScriptLimits = field(default_factory=ScriptLimits)
    script_environment: dict[str, str] = field(default_factory=dict)
    output: str | None = None
    writes_report: bool = True
    writes_summary: bool = False
    name: str | None = None
    title: str = ""
    data_name: str = ""
    baseline_name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an execution found.

    Attributes:
        results: one a monitor, in the order in which they were asked.
        report: before it is drawn.
        files: URIs of what was written, by file name.
        notes: what was assumed of the data, and what was not checked and why.
        n_rows: that were read.
    """

    results: tuple[Result, ...]
    report: Report
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    n_rows: int | None = None

    @cached_property
    def documents(self) -> dict[str, Part]:
        """The result files by their names; what several monitors say in one file is put together."""
        merged: dict[str, Part] = {}
        for result in self.results:
            for name, document in result.documents.items():
                there = merged.get(name)
                merged[name] = there.model_copy(update=dict(document.members())) if there else document
        return merged

    @property
    def baseline(self) -> Any:
        """What the first monitor suggested, or held the data against."""
        return self.results[0].baseline

    @property
    def is_check(self) -> bool:
        return any(result.violations is not None for result in self.results)

    @property
    def violations(self) -> list[AnyViolation]:
        return [one for result in self.results if result.violations for one in result.violations.violations]

    @property
    def n_violations(self) -> int:
        return len(self.violations)

    @property
    def message(self) -> str:
        """The sentence by which AWS tells the state of an execution."""
        if self.n_violations:
            return f"CompletedWithViolations: Job completed successfully with {self.n_violations} violations."
        return "Completed: Job completed successfully with no violations."
