"""How many cells are there, and how many are missing."""

from dataclasses import dataclass
from typing import Self

from leeboard.profile.cells import Cells
from leeboard.profile.states import StateEntry


@dataclass(frozen=True, slots=True)
class Completeness:
    """Counts of present and missing cells.

    >>> import polars as pl
    >>> from leeboard.profile.reading import cells_of
    >>> c = Completeness.of(cells_of(pl.Series([1.0, None, 3.0, 4.0])))
    >>> c.present, c.missing, c.share
    (3, 1, 0.75)
    """

    present: int = 0
    missing: int = 0

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        return cls(cells.n_present, cells.n_missing)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.present + other.present, self.missing + other.missing)

    @property
    def share(self) -> float:
        """Present over all, in [0, 1]; 1.0 for no rows at all, as nothing is missing."""
        rows = self.present + self.missing
        return self.present / rows if rows else 1.0


ENTRY = StateEntry("completeness", Completeness)
