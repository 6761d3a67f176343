"""The profile of a column and of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from leeboard.profile.cells import Cells
from leeboard.profile.reading import read_cells
from leeboard.profile.states import STATES
from leeboard.profile.states.categories import Categories
from leeboard.profile.states.completeness import Completeness
from leeboard.profile.states.distinct import Distinct
from leeboard.profile.states.moments import Moments
from leeboard.profile.states.quantiles import Quantiles
from leeboard.profile.states.types import TypeCounts
from leeboard.tables import Block, Tally


@cache
def _kinds() -> dict[str, Any]:
    return {entry.name: entry.kind for entry in STATES}


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Every state of the roster for one column, by name.

    >>> import polars as pl
    >>> from leeboard.profile.reading import cells_of
    >>> ColumnProfile.of(cells_of(pl.Series(["1", "2", None]))).inferred_type
    'Integral'
    """

    states: Mapping[str, Any]

    @classmethod
    def zero(cls) -> Self:
        return cls({name: kind.zero() for name, kind in _kinds().items()})

    @classmethod
    def of(cls, cells: Cells) -> Self:
        return cls({name: kind.of(cells) for name, kind in _kinds().items()})

    @classmethod
    def absent(cls, n_rows: int) -> Self:
        """A column that some rows do not have: all cells missing."""
        return cls({**cls.zero().states, "completeness": Completeness(0, n_rows)})

    def __add__(self, other: Self) -> Self:
        return type(self)({name: state + other.states[name] for name, state in self.states.items()})

    @property
    def completeness(self) -> Completeness:
        return self.states["completeness"]  # type: ignore[no-any-return]

    @property
    def types(self) -> TypeCounts:
        return self.states["types"]  # type: ignore[no-any-return]

    @property
    def moments(self) -> Moments:
        return self.states["moments"]  # type: ignore[no-any-return]

    @property
    def quantiles(self) -> Quantiles:
        return self.states["quantiles"]  # type: ignore[no-any-return]

    @property
    def categories(self) -> Categories:
        return self.states["categories"]  # type: ignore[no-any-return]

    @property
    def distinct(self) -> Distinct:
        return self.states["distinct"]  # type: ignore[no-any-return]

    @property
    def inferred_type(self) -> str:
        """`Integral`, `Fractional`, `String`, or `Unknown` where no cell is present."""
        return self.types.inferred


@dataclass(frozen=True, slots=True)
class TableProfile:
    """The columns of a table in the order in which they were met.

    Rows that lack a column which others have count as missing cells of it, so that profiles
    of blocks with different columns add up.
    """

    n_rows: int = 0
    columns: Mapping[str, ColumnProfile] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, block: Block) -> Self:
        columns = {name: ColumnProfile.of(cells) for name, cells in read_cells(block.frame).items()}
        return cls(block.frame.height, columns, block.tally)

    def __add__(self, other: Self) -> Self:
        names = list(dict.fromkeys([*self.columns, *other.columns]))
        columns = {name: self._column(name) + other._column(name) for name in names}
        return type(self)(self.n_rows + other.n_rows, columns, self.tally + other.tally)

    def _column(self, name: str) -> ColumnProfile:
        return self.columns.get(name) or ColumnProfile.absent(self.n_rows)
