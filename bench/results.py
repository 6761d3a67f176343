"""What one part of the bench found, kept as a file until the page is written."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import machine
from bench.places import RESULTS

Cell = str | float | int


@dataclass(frozen=True, slots=True)
class Goal:
    """A number to reach: `what` stays at most `at_most`.

    Attributes:
        measured: None if what it needs did not run.
        unit: `x` for ratios, else the unit.
    """

    what: str
    at_most: float
    measured: float | None
    unit: str = "x"


@dataclass(slots=True)
class Table:
    """A table of the page."""

    title: str
    header: list[str]
    rows: list[list[Cell]]
    text: str = ""


@dataclass(slots=True)
class Part:
    """A chapter of the page."""

    name: str
    title: str
    text: str = ""
    tables: list[Table] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    is_quick: bool = False
    machine: dict[str, str] = field(default_factory=machine)
    measured_at: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))

    def save(self) -> None:
        file = _file(self.name, self.is_quick)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1))


def load(name: str, *, is_quick: bool) -> Part | None:
    """What was found the last time; None if that part never ran with such sizes."""
    file = _file(name, is_quick)
    if not file.exists():
        return None
    found = json.loads(file.read_text())
    tables = [Table(**one) for one in found.pop("tables")]
    return Part(**{**found, "tables": tables, "goals": [Goal(**one) for one in found["goals"]]})


def _file(name: str, is_quick: bool) -> Path:
    return RESULTS / ("quick" if is_quick else "full") / f"{name}.json"
