"""Parquet files."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from leeboard import storage
from leeboard.errors import FormatError
from leeboard.storage.file import explained
from leeboard.tables import Block, Chunk
from leeboard.tables.cells.physical import as_cells
from leeboard.tables.options import ReadOptions
from leeboard.tables.readers import Reader
from leeboard.tables.sources import Source

CHUNK_ROWS = 250_000
CHUNK_CELLS = 5_000_000
"""Fewer rows are read at once where columns are many."""
MAGIC = b"PAR1"


class ParquetTable:
    """The rows of Parquet files, matched by column name.

    Files that are not on a local disk are copied to a temporary folder, which lives as long as the table.
    """

    def __init__(self, sources: Sequence[Source], options: ReadOptions) -> None:
        self._sources = sources
        self._options = options
        self._copies: dict[str, Path] = {}

    @property
    def notes(self) -> Sequence[str]:
        return self._options.notes_without_times

    @property
    def size_bytes(self) -> int | None:
        return sum(source.size_bytes for source in self._sources)

    def chunks(self) -> Iterator[Chunk]:
        for source in self._sources:
            scan = self._scan(source.uri)
            n_rows, n_columns = self._shape(scan, source.uri)
            step = max(1, min(CHUNK_ROWS, CHUNK_CELLS // max(1, n_columns)))
            for start in range(0, n_rows, step):
                n = min(step, n_rows - start)
                yield Chunk(source.uri, start + 1, (scan, start, n), source.size_bytes * n // n_rows)

    def block(self, chunk: Chunk) -> Block:
        scan, start, n = chunk.data
        kept = scan.slice(start, n).drop(self._options.excluded_names, strict=False)
        return Block(as_cells(kept.collect(), chunk.uri))

    def _shape(self, scan: pl.LazyFrame, uri: str) -> tuple[int, int]:
        try:
            with explained(uri):
                return scan.select(pl.len()).collect().item(), len(scan.collect_schema())
        except pl.exceptions.PolarsError as error:
            reason = f"{uri} cannot be read as Parquet: {error}; was it written to the end?"
            raise FormatError(reason, uri) from error

    def _scan(self, uri: str) -> pl.LazyFrame:
        path = storage.local_path(uri) if storage.is_local(uri) else self._copy(uri)
        return pl.scan_parquet(path, glob=False)

    def _copy(self, uri: str) -> Path:
        if uri not in self._copies:
            folder = Path(tempfile.mkdtemp(prefix="leeboard-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            with storage.open_read(uri) as stream, open(folder / "copy.parquet", "wb") as copy:
                shutil.copyfileobj(stream, copy, 1 << 20)
            self._copies[uri] = folder / "copy.parquet"
        return self._copies[uri]


ENTRY = Reader("parquet", lambda head: 9 if head.startswith(MAGIC) else 0, ParquetTable)
