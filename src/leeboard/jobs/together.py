"""Several analyses folded in one pass over the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from leeboard.monitors import Analysis
from leeboard.tables import Block, Tally


@dataclass(frozen=True, slots=True)
class Parts:
    """The states of several analyses."""

    states: tuple[Any, ...]

    def __add__(self, other: Self) -> Self:
        pairs = zip(self.states, other.states, strict=True)
        return type(self)(tuple(mine + theirs for mine, theirs in pairs))

    @property
    def n_rows(self) -> int:
        return int(self.states[0].n_rows)

    @property
    def columns(self) -> Any:
        return self.states[0].columns

    @property
    def tally(self) -> Tally:
        return self.states[0].tally  # type: ignore[no-any-return]


class Together:
    """The recipe of several analyses."""

    def __init__(self, analyses: Sequence[Analysis]) -> None:
        self._analyses = analyses

    def zero(self) -> Parts:
        return Parts(tuple(analysis.zero() for analysis in self._analyses))

    def of(self, block: Block) -> Parts:
        return Parts(tuple(analysis.of(block) for analysis in self._analyses))
