"""What a reader is: one kind of file, how to tell it and how to open it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leeboard.roster import Roster
from leeboard.tables import Table
from leeboard.tables.options import ReadOptions
from leeboard.tables.sources import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens files of one kind as a table.

    Args:
        name: the kind, as `DatasetFormat.kind` says it.
        certainty: (first bytes of a file, decompressed) -> 0 if it is not of this kind, else
            higher the surer; the surest reader opens a file whose kind nobody has told.
        opens: (files, options) -> the table.
    """

    name: str
    certainty: Callable[[bytes], int]
    opens: Callable[[Sequence[Source], ReadOptions], Table]


READERS = Roster("reader", "leeboard.tables", Reader)


def surest(head: bytes) -> Reader:
    """The reader for a file that begins like this."""
    return max(READERS, key=lambda reader: reader.certainty(head))
