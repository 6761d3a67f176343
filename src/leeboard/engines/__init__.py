"""What an engine is: it folds the blocks of a table into a profile and computes nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from leeboard.profile import TableProfile
from leeboard.roster import Roster
from leeboard.tables import Chunk, Table

Progress = Callable[[Chunk, int], None]
"""Called after each chunk with it and the number of rows that it gave."""


class Fold(Protocol):
    """How an engine is called."""

    def __call__(
        self, table: Table, *, n_threads: int | None = None, progress: Progress | None = None
    ) -> TableProfile: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """Where the work of one pass is done.

    Args:
        name: as users write it in settings.
        fold: the profile of a table; the same for the same chunks, however many threads.
    """

    name: str
    fold: Fold


ENGINES = Roster("engine", __name__, Engine)
