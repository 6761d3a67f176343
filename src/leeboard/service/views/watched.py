"""What can be watched, each as one row: an endpoint, a place of batch data, a model that nothing watches."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

import msgspec

from leeboard.service.endpoints import captures
from leeboard.service.views.capture_counts import NOTHING_CAPTURED, Captured
from leeboard.service.views.cells import Cell, cells_of
from leeboard.service.views.fleet import Line, worst
from leeboard.service.views.states import State
from leeboard.state.raw import instant_of

Kind = Literal["endpoint", "batch", "model"]
MOST_KEPT = 20_000


@dataclass(frozen=True)
class Watched:
    """One endpoint, one place of batch data, or a model that nothing watches.

    Attributes:
        name: of batch data, the URI of its folder.
        cells: by monitoring type.
        captures: whether what it is asked is captured.
    """

    kind: Kind
    name: str
    status: str
    models: tuple[str, ...]
    cells: Mapping[str, Cell]
    state: State
    lines: Sequence[Line] = field(repr=False)
    captures: bool = False
    captured: Captured = NOTHING_CAPTURED
    created_at: datetime | None = None
    modified_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """No other row has it."""
        return self.kind, self.name

    @cached_property
    def last_at(self) -> datetime | None:
        return max((line.last_end_at for line in self.lines if line.last_end_at), default=None)

    @cached_property
    def n_in_alert(self) -> int:
        return sum(line.is_in_alert for line in self.lines)

    @cached_property
    def n_overdue(self) -> int:
        return sum(line.is_overdue for line in self.lines)

    @property
    def is_overdue(self) -> bool:
        return self.n_overdue > 0

    @cached_property
    def n_bad(self) -> int:
        return sum(line.state in ("in violation", "failed") for line in self.lines)


def of_endpoint(row: Any, of: Sequence[Line], captured: Captured) -> Watched:
    """An endpoint with its schedules; the row has name, status, times and facts."""
    deployed = row.facts if "variants" in row.facts else row.facts.get("pending", {})
    models = dict.fromkeys(variant["model"] for variant in deployed.get("variants", []))
    return Watched(
        "endpoint", row.name, row.status, tuple(models), cells_of(of), worst(line.state for line in of), of,
        captures(row.facts), captured, row.created_at, row.modified_at,
    )  # fmt: skip


def of_gone(name: str, of: Sequence[Line]) -> Watched:
    """Schedules whose endpoint is not there, as another program removed it."""
    state = worst(line.state for line in of)
    return Watched("endpoint", of[0].endpoint or name, "Gone", (), cells_of(of), state, of)


def of_model(row: Any) -> Watched:
    """A model without any schedule; the row has name and times."""
    return Watched(
        "model", row.name, "", (row.name,), cells_of([]), "not monitored", (),
        created_at=row.created_at, modified_at=row.modified_at,
    )  # fmt: skip


def of_place(place: str, models: tuple[str, ...], of: Sequence[Line]) -> Watched:
    """One place of batch data with its schedules, and the models whose answers lie there."""
    created_at = min(line.created_at for line in of)
    state = worst(line.state for line in of)
    return Watched("batch", place, "", models, cells_of(of), state, of, created_at=created_at)


def lines_of(rows: Iterable[Watched]) -> list[Line]:
    """The schedules of all of them."""
    return [line for row in rows for line in row.lines]


def names_of(rows: Iterable[Watched], among: Container[str]) -> set[tuple[str, str]]:
    """Kind and name of what is there, schedules too; what was deleted since is not.

    Args:
        among: the names that are asked about.
    """
    found: set[tuple[str, str]] = set()
    for row in rows:
        if row.name in among:
            found.add(row.key)
        found.update(("schedule", line.name) for line in row.lines if line.name in among)
    return found


class Deployed(NamedTuple):
    """Of an endpoint's row what is shown of it."""

    name: str
    status: str
    created_at: datetime | None
    modified_at: datetime | None
    facts: dict[str, Any]

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Deployed":
        name, status, created_us, modified_us, facts = row
        return cls(name, status, instant_of(created_us), instant_of(modified_us), msgspec.json.decode(facts))


class Endpoints:
    """Endpoints as they were made, each with what it was made of; see `Lines`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[Any, ...], Watched]] = {}

    def made(self, row: tuple[Any, ...], of: list[Line], captured: Captured) -> Watched:
        held = self._kept.get(row[0])
        if held is not None:
            known, made = held
            if known == row and made.lines == of and made.captured == captured:
                return made
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        made = of_endpoint(Deployed.of(row), of, captured)
        self._kept[row[0]] = row, made
        return made


ENDPOINTS = Endpoints()
