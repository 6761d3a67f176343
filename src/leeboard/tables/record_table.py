"""Records one by one, as a script sees them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from leeboard.tables import Block, Chunk, Malformed, Table


@dataclass(frozen=True, slots=True)
class Records:
    """Records of a chunk, the line that each begins in, and what is none."""

    values: list[Any]
    lines: list[int]
    malformed: list[Malformed]


class RecordTable(Table, Protocol):
    """A table that can hand out its records one by one."""

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        """Names for cells that come by position."""

    def records(self, chunk: Chunk) -> Records:
        """The records of a chunk, those of the window alone."""

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        """The rows of a record as they are without a script.

        Raises:
            ValueError: it has none that could be read.
        """


class RowRecords:
    """A table whose records are its rows, as objects.

    Args:
        table: one that has flat rows, such as a frame.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def notes(self) -> Sequence[str]:
        return self._table.notes

    @property
    def size_bytes(self) -> int | None:
        return self._table.size_bytes

    def chunks(self) -> Iterator[Chunk]:
        return self._table.chunks()

    def block(self, chunk: Chunk) -> Block:
        return self._table.block(chunk)

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return None

    def records(self, chunk: Chunk) -> Records:
        block = self.block(chunk)
        lines = list(range(chunk.first_line, chunk.first_line + block.frame.height))
        return Records(block.frame.to_dicts(), lines, list(block.tally.samples))

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return [record]


def with_records(table: Table) -> RecordTable:
    """The table, able to hand out records."""
    return table if hasattr(table, "records") else RowRecords(table)  # type: ignore[return-value]
