"""Opening data as a table, whatever it is: files, folders, prefixes or frames."""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

from leeboard.tables import Table
from leeboard.tables.batch.files import is_manifest
from leeboard.tables.batch.tables import batch_table
from leeboard.tables.captured.window import outside_hours
from leeboard.tables.frames import FrameTable, is_frame, refuse
from leeboard.tables.modelled.opening import parts_of_files, parts_of_frame
from leeboard.tables.modelled.scripted import ScriptedParts
from leeboard.tables.options import ReadOptions
from leeboard.tables.readers import READERS, Reader, surest
from leeboard.tables.scripted import ScriptedTable
from leeboard.tables.sources import Source, find_sources
from leeboard.tables.text.streams import read_head

SNIFFED_BYTES = 1 << 16


def open_table(data: Any, options: ReadOptions | None = None, **wishes: Any) -> Table:
    """A table over the data; nothing but the first bytes is read yet.

    Args:
        data: path or URI of a file, folder or prefix, a list of these, or a pandas, polars or Arrow table.
        options: how to read; without them everything is read, and the format is told from the content.
        wishes: single fields of `ReadOptions`, on top of the options.

    Raises:
        NoDataError: there is nothing to read; says what is there.
        NotFoundError: a place is not there.
        FormatError: a file is not what it should be.
    """
    chosen = replace(options or ReadOptions(), **wishes)
    table = _open_frame(data, chosen) if is_frame(data) else _open_files(data, chosen)
    if not chosen.transform:
        return table
    return (ScriptedParts if chosen.parts else ScriptedTable)(table, chosen.transform, chosen)


def _open_frame(data: Any, options: ReadOptions) -> Table:
    return parts_of_frame(data, options) if options.parts else FrameTable(data, options)


def _open_files(data: Any, options: ReadOptions) -> Table:
    locations = [data] if isinstance(data, str | PathLike) else data
    if not isinstance(locations, Sequence) or not all(isinstance(one, str | PathLike) for one in locations):
        raise refuse(data)
    if options.is_batch:
        sources = find_sources(locations, lambda uri: "that are manifests" if is_manifest(uri) else None)
    else:
        sources = find_sources(locations, outside_hours(options.window))
    reader = _reader(sources[0], options)
    if options.parts:
        return parts_of_files(reader.name, sources, options)
    return batch_table(reader.name, sources, options) if options.is_batch else reader.opens(sources, options)


def _reader(source: Source, options: ReadOptions) -> Reader:
    if options.dataset_format is not None:
        return READERS.get(options.dataset_format.kind)
    return surest(read_head(source.uri, SNIFFED_BYTES, options.encoding))
