"""Outputs of transform jobs as captured records: one a row, under the inference id that stands in it."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import polars as pl

from leeboard.errors import InputError
from leeboard.formats.manifest import INFERENCE_ID
from leeboard.tables import Chunk, Malformed
from leeboard.tables.batch.marks import without_marked_cells, without_marked_keys
from leeboard.tables.captured.payloads import csv_rows
from leeboard.tables.csv import CsvTable
from leeboard.tables.json import JsonTable
from leeboard.tables.jsonl import JsonLinesTable
from leeboard.tables.options import ReadOptions
from leeboard.tables.record_table import RecordTable
from leeboard.tables.sources import Source
from leeboard.tables.text.lines import SAMPLE_CHARACTERS
from leeboard.truth.captured import Captured

_TABLES: dict[str, Any] = {"csv": CsvTable, "json": JsonTable, "jsonl": JsonLinesTable}


class BatchReader:
    """Reads what transform jobs wrote.

    Args:
        kind: name of a reader.

    Raises:
        InputError: records of that kind have no inference ids.
    """

    def __init__(self, kind: str, sources: Sequence[Source], options: ReadOptions) -> None:
        if kind not in _TABLES:
            known = ", ".join(_TABLES)
            raise InputError(f"outputs of transform jobs to merge are {known}; {kind!r} was asked for")
        self._is_csv = kind == "csv"
        self._table: RecordTable = _TABLES[kind](sources, options)

    def chunks(self) -> Iterator[Chunk]:
        return self._table.chunks()

    def read(self, chunk: Chunk) -> Captured:
        """The records of a piece, and what has no inference id."""
        found = self._table.records(chunk)
        records, ids, lines, malformed = [], [], [], [*found.malformed]
        for value, line in zip(found.values, found.lines, strict=True):
            inference_id, data = _marked_row(value) if self._is_csv else _marked_object(value)
            if inference_id is None:
                reason = "no inference id in it; was the job told GenerateInferenceId?"
                malformed.append(Malformed(chunk.uri, line, reason, str(value)[:SAMPLE_CHARACTERS]))
                continue
            records.append(_record(inference_id, data, "CSV" if self._is_csv else "JSON"))
            ids.append(inference_id)
            lines.append(line)
        return Captured(
            chunk.uri,
            pl.Series(records, dtype=pl.String),
            pl.Series(ids, dtype=pl.String),
            lines,
            tuple(malformed),
        )


def _marked_row(row: str) -> tuple[str | None, str]:
    data = without_marked_cells(row.encode()).decode()
    if data == row:
        return None, data
    return csv_rows(row[len(data) :].lstrip(","))[0][0], data


def _marked_object(record: Any) -> tuple[str | None, str]:
    marked = record.get(INFERENCE_ID) if isinstance(record, dict) else None
    data = msgspec.json.encode(without_marked_keys(record)).decode()
    return (marked if isinstance(marked, str) and marked else None), data


def _record(inference_id: str, data: str, encoding: str) -> str:
    record = {
        "eventVersion": "0",
        "captureData": {"batchTransformOutput": {"data": data, "encoding": encoding}},
        "eventMetadata": {"eventId": inference_id},
    }
    return msgspec.json.encode(record).decode()
