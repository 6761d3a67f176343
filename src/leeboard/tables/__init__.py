"""Files and records to polars blocks, one reader a module."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import polars as pl

MAX_SAMPLES = 20
"""Malformed records that are kept to be shown; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that could not be read, or only in part."""

    uri: str
    line: int | None
    reason: str
    sample: str = ""

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line is not None else ""
        return f"{self.uri}{line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records were malformed, and the first of them.

    >>> t = Tally.of([Malformed("a.csv", 3, "2 cells, 5 expected")])
    >>> (t + t).n_malformed
    2
    """

    n_malformed: int = 0
    samples: tuple[Malformed, ...] = ()

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, found: list[Malformed]) -> Self:
        return cls(len(found), tuple(found[:MAX_SAMPLES]))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.n_malformed + other.n_malformed, (self.samples + other.samples)[:MAX_SAMPLES])


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table, in order.

    Attributes:
        frame: one polars column per table column. A String column holds cells as they were
            written (their type is decided from the text); a numeric or Boolean column comes
            from a source with physical types. Null is a missing cell.
        tally: the records of this block that could not be read as they should.
    """

    frame: pl.DataFrame
    tally: Tally = Tally()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file, cut where records end, not parsed yet.

    Attributes:
        uri: the file.
        first_line: line number in the file of the first line in here, from 1.
        data: what the table that made the chunk understands: bytes, a row range, records.
        size_bytes: bytes of the stored file that this piece stands for.
    """

    uri: str
    first_line: int
    data: Any
    size_bytes: int = 0


class Table(Protocol):
    """Rows that are read in two stages, so that parsing can run on several threads.

    `chunks` does the input and output alone and is walked by one thread at a time; `block`
    parses one chunk, is safe to call from many threads, and does not depend on other chunks.
    The rows of the table are the rows of its blocks in the order of its chunks.
    """

    @property
    def size_bytes(self) -> int | None:
        """Stored size of everything that will be read; None if not known beforehand."""

    @property
    def notes(self) -> Sequence[str]:
        """What was assumed of the data, as nobody said it."""

    def chunks(self) -> Iterator[Chunk]: ...

    def block(self, chunk: Chunk) -> Block: ...
