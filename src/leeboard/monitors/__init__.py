"""What a monitor is: how data are read for it, what it folds, what it suggests or finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from leeboard.formats.metrics import EmittedMetric
from leeboard.formats.part import Part
from leeboard.formats.violations import Violations
from leeboard.measures.model import Model
from leeboard.roster import Roster
from leeboard.tables import Block, Tally
from leeboard.tables.options import ReadOptions

Text = str | Callable[[], Iterator[str]]
"""A file's text, or what gives it in pieces where it is long."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes of a file, and where it lies, for messages."""

    content: bytes
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an analysis is started with.

    Attributes:
        settings: the monitor's own.
        baseline: the monitor's own; None to suggest one.
        is_strict: reproduce AWS's defects.
        model: for analyses that ask one.
        at: when the analysis is made, aware; None to leave times out of the files.
        log: takes each line of the job's log.
        progress: told (done, total) of long work that comes after reading.
    """

    settings: Any
    baseline: Any = None
    is_strict: bool = False
    model: Model | None = None
    at: datetime | None = None
    log: Callable[[str], None] = lambda line: None
    progress: Callable[[int, int], None] = lambda done, total: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an analysis says of data.

    Attributes:
        documents: result files by their names, but for the violations.
        baseline: what the data suggest, or what they were held against.
        violations: None where a baseline was suggested.
        writes_violations: whether there is a file of violations, even if it is empty.
        texts: further files by their names.
        metrics: numbers for a metric store.
        notes: what was assumed or left out, and why.
        details: what the report shows beyond the documents.
    """

    documents: Mapping[str, Part]
    baseline: Any
    violations: Violations | None = None
    writes_violations: bool = True
    texts: Mapping[str, Text] = field(default_factory=dict)
    metrics: tuple[EmittedMetric, ...] = ()
    notes: tuple[str, ...] = ()
    details: Any = None


class State(Protocol):
    """What was folded of blocks."""

    @property
    def n_rows(self) -> int: ...

    @property
    def columns(self) -> Any:
        """The columns that were read; it has a length."""

    @property
    def tally(self) -> Tally: ...


class Analysis(Protocol):
    """One monitor at work on one set of data; it is the recipe that an engine folds."""

    def reading(self, options: ReadOptions) -> ReadOptions:
        """How the data have to be read for it."""

    def zero(self) -> Any: ...

    def of(self, block: Block, /) -> Any: ...

    def conclude(self, state: Any, /) -> Result:
        """What follows from everything that was folded."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitoring type.

    Args:
        name: as users write it.
        monitoring_type: as AWS writes it.
        title: what a report is headed with.
        settings: a frozen dataclass whose fields all have defaults.
        baseline_files: names of the files of a baseline; the first must be there.
        read_baseline: those files by their names, as far as they are there -> baseline.
        start: order -> analysis.
    """

    name: str
    monitoring_type: str
    title: str
    settings: type[Any]
    baseline_files: tuple[str, ...]
    read_baseline: Callable[[Mapping[str, StoredFile]], Any]
    start: Callable[[Order], Analysis]


MONITORS = Roster("monitor", __name__, Monitor)
