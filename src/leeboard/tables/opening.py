"""Opening data as a table, whatever it is: files, folders, prefixes or frames."""

from collections.abc import Sequence
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from leeboard.tables import Table
from leeboard.tables.captured.window import outside_hours
from leeboard.tables.frames import FrameTable, is_frame, refuse
from leeboard.tables.options import MB, ReadOptions, Transform
from leeboard.tables.readers import READERS, Reader, surest
from leeboard.tables.scripted import ScriptedTable
from leeboard.tables.sources import Source, find_sources
from leeboard.tables.text.streams import read_head

if TYPE_CHECKING:
    from leeboard.formats.dataset_format import DatasetFormat

SNIFFED_BYTES = 1 << 16


def open_table(
    data: Any,
    *,
    dataset_format: "DatasetFormat | None" = None,
    names: Sequence[str] | None = None,
    window: tuple[datetime, datetime] | None = None,
    transform: Transform | None = None,
    output_columns_position: Literal["START", "END"] = "START",
    exclude: Sequence[str] = (),
    features_path: str | None = None,
    outputs_path: str | None = None,
    target_model: str | None = None,
    by_position: bool = False,
    encoding: str | None = None,
    chunk_bytes: int | None = None,
    max_line_bytes: int = 32 * MB,
) -> Table:
    """A table over the data; nothing but the first bytes is read yet.

    Args:
        data: path or URI of a file, folder or prefix, a list of these, or a pandas, polars or Arrow table.
        dataset_format: how the files are written; told from their content if not given.
        others: see `ReadOptions`.

    Raises:
        NoDataError: there is nothing to read; says what is there.
        NotFoundError: a place is not there.
        FormatError: a file is not what it should be.
    """
    options = ReadOptions(
        dataset_format=dataset_format,
        names=None if names is None else tuple(names),
        window=window,
        transform=transform,
        output_columns_position=output_columns_position,
        exclude=tuple(exclude),
        features_path=features_path,
        outputs_path=outputs_path,
        target_model=target_model,
        by_position=by_position,
        encoding=encoding,
        chunk_bytes=chunk_bytes,
        max_line_bytes=max_line_bytes,
    )
    return open_with(data, options)


def open_with(data: Any, options: ReadOptions) -> Table:
    """A table over the data, as the options say; see `open_table`."""
    table = FrameTable(data, options) if is_frame(data) else _open_files(data, options)
    return ScriptedTable(table, options.transform, options) if options.transform else table


def _open_files(data: Any, options: ReadOptions) -> Table:
    locations = [data] if isinstance(data, str | PathLike) else data
    if not isinstance(locations, Sequence) or not all(isinstance(one, str | PathLike) for one in locations):
        raise refuse(data)
    sources = find_sources(locations, outside_hours(options.window))
    return _reader(sources[0], options).opens(sources, options)


def _reader(source: Source, options: ReadOptions) -> Reader:
    if options.dataset_format is not None:
        return READERS.get(options.dataset_format.kind)
    return surest(read_head(source.uri, SNIFFED_BYTES, options.encoding))
