"""How many cells are of which type, and the type of the column that follows."""

from dataclasses import dataclass
from typing import Self

from leeboard.profile.cells import Cells
from leeboard.profile.states import StateEntry


@dataclass(frozen=True, slots=True)
class TypeCounts:
    """Present cells by type, decided cell by cell from the text.

    >>> import polars as pl
    >>> from leeboard.profile.reading import cells_of
    >>> t = TypeCounts.of(cells_of(pl.Series(["1", "2.5", "7"])))
    >>> t.integral, t.fractional, t.inferred
    (2, 1, 'Fractional')
    """

    integral: int = 0
    fractional: int = 0
    boolean: int = 0
    string: int = 0

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        return cls(*cells.n_by_class)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.integral + other.integral,
            self.fractional + other.fractional,
            self.boolean + other.boolean,
            self.string + other.string,
        )

    @property
    def present(self) -> int:
        return self.integral + self.fractional + self.boolean + self.string

    @property
    def inferred(self) -> str:
        """`Integral`, `Fractional`, `String`, or `Unknown` where no cell is present."""
        if self.string or self.boolean:
            return "String"
        if self.fractional:
            return "Fractional"
        return "Integral" if self.integral else "Unknown"


ENTRY = StateEntry("types", TypeCounts)
