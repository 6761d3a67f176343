"""Files of lines to chunks."""

from collections.abc import Iterator, Sequence

from leeboard.tables import Chunk
from leeboard.tables.options import ReadOptions
from leeboard.tables.sources import Source
from leeboard.tables.text.lines import cut_lines
from leeboard.tables.text.streams import open_text


def line_chunks(sources: Sequence[Source], options: ReadOptions, chunk_bytes: int) -> Iterator[Chunk]:
    """The lines of the files; `data` of each chunk is a `Lines`.

    Args:
        chunk_bytes: how much text a chunk holds, unless the options say otherwise.
    """
    limits = options.limits(chunk_bytes)
    for source in sources:
        with open_text(source.uri, options.encoding) as stream:
            for lines in cut_lines(stream, source.uri, **limits):
                yield Chunk(source.uri, lines.first_line, lines, lines.stored_bytes)
