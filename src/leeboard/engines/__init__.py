"""What an engine is: it folds the blocks of a table into one state and computes nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from leeboard.roster import Roster
from leeboard.tables import Block, Chunk, Table

Progress = Callable[[Chunk, int], None]
"""Called after each chunk with it and the number of rows that it gave."""


class Addable(Protocol):
    """A part of a result, which adds up with other parts."""

    def __add__(self, other: Self, /) -> Self: ...


S = TypeVar("S", bound=Addable)
Made = TypeVar("Made", bound=Addable, covariant=True)


class Recipe(Protocol[Made]):
    """What makes parts of blocks: a class such as a table profile, or an object that has settings."""

    def zero(self) -> Made: ...

    def of(self, block: Block, /) -> Made: ...


class Fold(Protocol):
    """How an engine is called."""

    def __call__(
        self,
        table: Table,
        recipe: Recipe[S],
        *,
        n_threads: int | None = None,
        progress: Progress | None = None,
    ) -> S: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """Where the work of one pass is done.

    Args:
        name: as users write it in settings.
        fold: the state of a whole table; the same for the same chunks, however many threads.
    """

    name: str
    fold: Fold


ENGINES = Roster("engine", __name__, Engine)
