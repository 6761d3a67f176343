"""Opening data for the parts of its records."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from leeboard.tables import Table
from leeboard.tables.batch.tables import batch_table
from leeboard.tables.modelled.datasets import TABLES, FrameParts, ParquetParts
from leeboard.tables.modelled.traffic import TrafficTable
from leeboard.tables.options import ReadOptions
from leeboard.tables.readers import READERS
from leeboard.tables.sources import Source


def parts_of_files(kind: str, sources: Sequence[Source], options: ReadOptions) -> Table:
    """The table over files, as `options.parts` says.

    Args:
        kind: name of a reader.
    """
    if kind == "capture":
        return TrafficTable(sources, options)
    if kind == "parquet":
        return ParquetParts(sources, options)
    plain = replace(options, exclude=(), features_path=None, parts=None)
    files = batch_table(kind, sources, plain) if options.is_batch else READERS.get(kind).opens(sources, plain)
    return TABLES[kind](files, options)


def parts_of_frame(data: Any, options: ReadOptions) -> Table:
    """The table over a frame in memory."""
    return FrameParts(data, options)
