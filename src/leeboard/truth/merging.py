"""Joins captured records with their labels, in the order of the records."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import PathLike

import numpy as np
import polars as pl

from leeboard.storage import Uri
from leeboard.storage.layout import hour_in
from leeboard.tables import Chunk, Malformed, Tally
from leeboard.tables.batch.files import is_manifest
from leeboard.tables.captured.window import aware, outside_hours
from leeboard.tables.options import ReadOptions
from leeboard.tables.readers import surest
from leeboard.tables.sources import Location, Source, find_sources
from leeboard.tables.text.streams import read_head
from leeboard.truth.batch import BatchReader
from leeboard.truth.captured import Captured, CaptureReader
from leeboard.truth.index import IndexBuilder, LabelIndex
from leeboard.truth.keys import Keys, keys_of
from leeboard.truth.labels import Labels, in_reading_order, label_chunks, read_labels
from leeboard.truth.ordered import in_order
from leeboard.truth.settings import MergeOptions
from leeboard.truth.summary import MAX_SAMPLES, MergeSummary, Unmatched
from leeboard.truth.writing import part_writer

SNIFFED_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class MergedPart:
    """What a piece of a captured file gave.

    Attributes:
        uri: the captured file.
        folder: where merged records of that file go, below an output.
        lines: merged records, one a line.
        size_bytes: bytes of the stored file that this stands for.
        malformed: what was no record.
        unmatched: the first records without a label.
        rows: what the records are to be read as, if this was found without their lines.
    """

    uri: str
    folder: str
    lines: bytes
    size_bytes: int
    n_captured: int
    n_matched: int
    n_late: int
    malformed: tuple[Malformed, ...]
    unmatched: tuple[Unmatched, ...]
    rows: pl.DataFrame | None = None


Locations = Location | Sequence[Location]
Join = Callable[[LabelIndex, Chunk], MergedPart | None]


class Merge:
    """One merge.

    Args:
        captures: capture files, or folders of them.
        truth: ground-truth files, or folders of them.

    Raises:
        NoDataError: there is nothing captured, or no label.
        NotFoundError: a location is not there.
    """

    def __init__(self, captures: Locations, truth: Locations, options: MergeOptions | None = None) -> None:
        self._options = options or MergeOptions()
        self.sources = self._captured(_listed(captures))
        self._labels = in_reading_order(find_sources(_listed(truth)))
        self._summary = MergeSummary()

    @property
    def size_bytes(self) -> int:
        """Stored size of all captured files."""
        return sum(source.size_bytes for source in self.sources)

    @property
    def summary(self) -> MergeSummary:
        """What became of all records and labels, once all parts were taken."""
        return self._summary

    def parts(self, direct: Join | None = None) -> Iterator[MergedPart]:
        """The merged records in the order of the captured ones, a piece of a file at a time.

        Args:
            direct: what gives the rows of a piece rather than its records, where it can.
        """
        index, malformed = self._index()
        summary = MergeSummary(
            n_labels=len(index), n_replaced_labels=index.n_replaced, malformed_labels=malformed
        )
        reader = self._reader()

        def join(chunk: Chunk) -> MergedPart:
            found = direct(index, chunk) if direct else None
            return found or _joined(reader, index, self._options.folder_of, chunk)

        for part in in_order(reader.chunks(), join, self._options.n_threads):
            summary = _with(summary, part)
            yield part
        n_alone = len(index) - int(np.count_nonzero(index.is_matched))
        alone = tuple(self._labels_alone(index, min(n_alone, MAX_SAMPLES)))
        self._summary = replace(summary, n_labels_without_capture=n_alone, labels_without_capture=alone)

    def _captured(self, locations: Sequence[Location]) -> list[Source]:
        """The files, those of one output folder behind each other."""
        if self._options.is_batch:
            found = find_sources(locations, lambda uri: "that are manifests" if is_manifest(uri) else None)
        else:
            found = find_sources(locations, outside_hours(self._options.window))
        folders = [self._options.folder_of(source.uri) for source in found]
        order = {folder: number for number, folder in enumerate(dict.fromkeys(folders))}
        return sorted(found, key=lambda source: order[self._options.folder_of(source.uri)])

    def _reader(self) -> CaptureReader | BatchReader:
        if not self._options.is_batch:
            return CaptureReader(self.sources, self._options.window)
        head = read_head(self.sources[0].uri, SNIFFED_BYTES)
        return BatchReader(self._options.batch_kind or surest(head).name, self.sources, ReadOptions())

    def _index(self) -> tuple[LabelIndex, Tally]:
        builder = IndexBuilder(self._options.memory_bytes, self._options.temp_folder)
        tally, late_from = Tally(), self._late_from()
        for labels, keys in self._read_labels():
            hour = hour_in(labels.uri)
            is_late = late_from is not None and hour is not None and hour >= late_from
            builder.add(keys, labels.texts, is_late=is_late)
            tally += labels.tally
        return builder.build(), tally

    def _read_labels(self) -> Iterator[tuple[Labels, Keys]]:
        return in_order(label_chunks(self._labels), _with_keys, self._options.n_threads)

    def _late_from(self) -> datetime | None:
        """The hour from which on a label is late."""
        if self._options.window:
            return aware(self._options.window[1])
        hours = [hour for source in self.sources if (hour := hour_in(source.uri))]
        return max(hours) + timedelta(hours=1) if hours else None

    def _labels_alone(self, index: LabelIndex, n_wanted: int) -> list[Unmatched]:
        """The first labels for which no record was found, by reading them again."""
        found: dict[str, Unmatched] = {}
        for labels, keys in self._read_labels() if n_wanted else ():
            for i in np.flatnonzero(~index.is_matched[index.find(keys)])[: 2 * MAX_SAMPLES].tolist():
                found.setdefault(labels.ids[i], Unmatched(labels.ids[i], labels.uri, labels.lines[i]))
            if len(found) >= n_wanted:
                break
        return list(found.values())[:n_wanted]


def merge(
    captures: Locations,
    truth: Locations,
    output: Uri,
    *,
    job: str,
    options: MergeOptions | None = None,
) -> MergeSummary:
    """Write each captured record that has a label, with it, to files by the hour of the capture.

    Args:
        output: folder above endpoint, variant and hour.
        job: what the names of the files depend on; the same job writes the same names again.

    Raises:
        NoDataError: there is nothing captured, or no label at all.
    """
    work = Merge(captures, truth, options)
    with part_writer(output, job) as writer:
        for part in work.parts():
            writer.write(part.folder, part.lines)
    return replace(work.summary, files=tuple(writer.files))


def _listed(locations: Locations) -> Sequence[Location]:
    return [locations] if isinstance(locations, str | PathLike) else locations


def _with_keys(chunk: Chunk) -> tuple[Labels, Keys]:
    labels = read_labels(chunk)
    return labels, keys_of(labels.ids)


def _joined(
    reader: CaptureReader | BatchReader, index: LabelIndex, folder_of: Callable[[str], str], chunk: Chunk
) -> MergedPart:
    captured = reader.read(chunk)
    positions = index.find(keys_of(captured.ids))
    has_label = positions >= 0
    found = positions[has_label]
    index.is_matched[found] = True
    records = (
        captured.records if len(found) == len(positions) else captured.records.filter(pl.Series(has_label))
    )
    return MergedPart(
        chunk.uri,
        folder_of(chunk.uri),
        _spliced(records, index.texts(found)),
        chunk.size_bytes,
        n_captured=len(positions),
        n_matched=len(found),
        n_late=index.n_late(found),
        malformed=captured.malformed,
        unmatched=tuple(_unmatched(captured, np.flatnonzero(~has_label)[:MAX_SAMPLES].tolist())),
    )


def _unmatched(captured: Captured, rows: list[int]) -> Iterator[Unmatched]:
    return (Unmatched(captured.ids[i], captured.uri, captured.lines[i]) for i in rows)


def _spliced(records: pl.Series, labels: pl.Series) -> bytes:
    """Each record with its label put in front of what it holds, untouched, one a line."""
    if records.is_empty():
        return b""
    label = pl.concat_str(pl.lit('{"data":"'), pl.col("label"), pl.lit('","encoding":"CSV"}'))
    if (is_json := labels.str.starts_with("{")).any():
        label = pl.when(is_json).then(pl.col("label")).otherwise(label)
    line = pl.concat_str(
        pl.lit('{"groundTruthData":'), label, pl.lit(","), pl.col("record").str.strip_prefix("{")
    )
    lines = io.BytesIO()
    frame = pl.DataFrame({"record": records, "label": labels})
    frame.select(line).write_csv(lines, include_header=False, quote_style="never")
    return lines.getvalue()


def _with(summary: MergeSummary, part: MergedPart) -> MergeSummary:
    return replace(
        summary,
        n_captured=summary.n_captured + part.n_captured,
        n_matched=summary.n_matched + part.n_matched,
        n_late=summary.n_late + part.n_late,
        captured_without_label=(summary.captured_without_label + part.unmatched)[:MAX_SAMPLES],
        malformed_captures=summary.malformed_captures + Tally.of([*part.malformed]),
    )
