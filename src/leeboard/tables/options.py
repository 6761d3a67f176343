"""How a table is to be read: what the caller wishes beyond the data itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from leeboard.tables.parts import Parts

if TYPE_CHECKING:
    from leeboard.formats.dataset_format import DatasetFormat

Row: TypeAlias = Sequence[Any] | dict[str, Any]
"""Cells by position, or by name."""

Transform: TypeAlias = Callable[[list[Any]], list[Any]]
"""For each record, the rows that a script made of it: a list of rows; None for a record that is
to be read as if there were no script; or an object whose `record` is to be read in its place."""

MB = 1 << 20


class Limits(TypedDict):
    """Sizes for cutting a file into lines."""

    size_bytes: int
    max_line_bytes: int


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The wishes of one caller; the defaults read everything.

    Attributes:
        names: column names for cells that come by position.
        window: capture records outside of [start, end) are left out.
        output_columns_position: where the output cells of a capture record stand in its row.
        exclude: names of columns to leave out; or, if all are digits, positions of input cells from 0.
        features_path, outputs_path: JMESPath to the cells in a JSON input and a JSON output.
        target_model: of a multi-model endpoint, only the records of this model.
        is_batch: the files are outputs of transform jobs: inference ids and times in them are no cells,
            joined records are laid flat, and the window has chosen the jobs, not the rows.
        parts: which parts of a record about a model are wanted; None for rows as data quality reads them.
        by_position: never match the keys of a script's result by name.
        encoding: of text files; UTF-8 if not given, or UTF-16 where the file begins with its mark.
        chunk_bytes: how much text is parsed at once; by default what suits the kind of file.
        max_line_bytes: a longer line is counted as malformed and skipped.
    """

    dataset_format: "DatasetFormat | None" = None
    names: Sequence[str] | None = None
    window: tuple[datetime, datetime] | None = None
    transform: Transform | None = None
    output_columns_position: Literal["START", "END"] = "START"
    exclude: Sequence[str] = ()
    features_path: str | None = None
    outputs_path: str | None = None
    target_model: str | None = None
    is_batch: bool = False
    parts: Parts | None = None
    by_position: bool = False
    encoding: str | None = None
    chunk_bytes: int | None = None
    max_line_bytes: int = 32 * MB

    def limits(self, chunk_bytes: int) -> Limits:
        """With the chunk size that suits the kind of file, unless the caller gave another."""
        return {"size_bytes": self.chunk_bytes or chunk_bytes, "max_line_bytes": self.max_line_bytes}

    @property
    def notes_without_times(self) -> list[str]:
        """What could not be done to rows that carry no time."""
        told = "the window chose hour folders, not rows: only capture records carry times"
        return [told] if self.window and not self.is_batch else []

    @property
    def excluded_positions(self) -> frozenset[int]:
        """Positions of input cells; empty if columns are excluded by name."""
        by_index = bool(self.exclude) and all(name.isascii() and name.isdigit() for name in self.exclude)
        return frozenset(map(int, self.exclude)) if by_index else frozenset()

    @property
    def excluded_names(self) -> frozenset[str]:
        return frozenset() if self.excluded_positions else frozenset(self.exclude)
