"""Captured records with their labels as a table, joined while it is read."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from leeboard.storage import Uri
from leeboard.tables import Block, Chunk, Table, Tally
from leeboard.tables.capture import CaptureTable
from leeboard.tables.modelled.scripted import ScriptedParts
from leeboard.tables.modelled.traffic import TrafficTable
from leeboard.tables.options import ReadOptions
from leeboard.tables.record_table import Records, RecordTable
from leeboard.tables.scripted import ScriptedTable
from leeboard.tables.text.lines import Lines
from leeboard.truth.direct import DirectJoin
from leeboard.truth.merging import Locations, Merge
from leeboard.truth.settings import MergeOptions
from leeboard.truth.summary import MergeSummary
from leeboard.truth.writing import part_writer


@dataclass(frozen=True, slots=True)
class WriteTo:
    """Where merged records are written on the way, see `leeboard.truth.merging.merge`."""

    output: Uri
    job: str


class MergedTable:
    """The rows of captured records that have a label. Its chunks can be walked once for each summary.

    Args:
        captures: capture files, or folders of them.
        truth: ground-truth files, or folders of them.
        options: how the merged records are to be read.
        merging: how to merge; the window, if none is given, is that of the reading.
        write_to: where to write the merged records, too.

    Raises:
        NoDataError: there is nothing captured, or no label.
    """

    def __init__(
        self,
        captures: Locations,
        truth: Locations,
        options: ReadOptions,
        *,
        merging: MergeOptions | None = None,
        write_to: WriteTo | None = None,
    ) -> None:
        wanted = merging or MergeOptions(window=options.window, is_batch=options.is_batch)
        self._merge = Merge(captures, truth, wanted)
        self._write_to = write_to
        read = replace(options, window=None, is_batch=False, transform=None)
        self._inner: RecordTable = (TrafficTable if read.parts else CaptureTable)(self._merge.sources, read)
        is_direct = read.parts and not (write_to or options.transform or wanted.is_batch)
        self._direct = DirectJoin(replace(read, window=wanted.window)) if is_direct else None
        self._files: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int | None:
        return self._merge.size_bytes

    @property
    def notes(self) -> Sequence[str]:
        """What became of records and labels, in short, once they were read."""
        return list(self.summary.notes())

    @property
    def summary(self) -> MergeSummary:
        """What became of records and labels, once all chunks were taken."""
        return replace(self._merge.summary, files=self._files)

    def chunks(self) -> Iterator[Chunk]:
        """Merged lines; those that are malformed already as captured are told with the file they are of."""
        with part_writer(*self._place()) if self._write_to else nullcontext() as writer:
            uri, line = "", 1
            for part in self._merge.parts(self._direct):
                if part.rows is not None:
                    block = Block(part.rows, Tally.of([*part.malformed]))
                    yield Chunk(part.uri, 1, block, part.size_bytes)
                    continue
                if writer is not None:
                    writer.write(part.folder, part.lines)
                uri, line = part.uri, line if part.uri == uri else 1
                lines = Lines(line, bytearray(part.lines), part.size_bytes, part.malformed)
                yield Chunk(f"{uri} (merged)", line, lines, part.size_bytes)
                line += part.n_matched
        self._files = tuple(writer.files) if writer is not None else ()

    def block(self, chunk: Chunk) -> Block:
        return chunk.data if isinstance(chunk.data, Block) else self._inner.block(chunk)

    def names(self, chunk: Chunk) -> Sequence[str] | None:
        return self._inner.names(chunk)

    def records(self, chunk: Chunk) -> Records:
        return self._inner.records(chunk)

    def rows(self, record: Any, chunk: Chunk) -> list[dict[str, Any]]:
        return self._inner.rows(record, chunk)

    def _place(self) -> tuple[Uri, str]:
        assert self._write_to is not None  # noqa: S101 - asked by who has looked
        return self._write_to.output, self._write_to.job


def with_script(table: MergedTable, options: ReadOptions) -> Table:
    """The table, through the script of the options if there is one."""
    if options.transform is None:
        return table
    return (ScriptedParts if options.parts else ScriptedTable)(table, options.transform, options)
