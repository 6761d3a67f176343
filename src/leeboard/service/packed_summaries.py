"""How a summary lies in its table: each column of its features by itself, so that charts read a few of them.

A piece is JSON, compressed where that makes it smaller; the pieces are together in one MessagePack document.
"""

from typing import Any

import msgspec
from pydantic_core import from_json, to_json
from zstandard import FRAME_HEADER, ZstdCompressor, ZstdDecompressor, ZstdError

from leeboard.errors import FormatError
from leeboard.formats.summary import Summary, read_document, summary_document

LEVEL = 6
FEWEST_BYTES = 120
"""Of a piece that is compressed."""
NAME, REST = "name", ""


def pack(summary: Summary) -> bytes:
    """The summary as the table keeps it."""
    document = summary_document(summary)
    columns = {name: column for name, column in document.pop("features", {}).items() if _says(column)}
    return msgspec.msgpack.encode(
        {name: _piece(value) for name, value in (columns | {REST: document}).items()}
    )


def _says(column: list[Any]) -> bool:
    return any(value is not None for value in column)


def _piece(value: Any) -> bytes:
    text = to_json(value)
    return ZstdCompressor(level=LEVEL).compress(text) if len(text) >= FEWEST_BYTES else text


def pieces_of(kept: bytes) -> dict[str, bytes]:
    """The columns of features by name, and under `REST` all others; see `text_of`.

    Raises:
        FormatError: another version of leeboard kept something else.
    """
    try:
        return msgspec.msgpack.decode(kept, type=dict[str, bytes])
    except msgspec.MsgspecError as error:
        raise FormatError(f"no summary as this version keeps them: {error}") from None


def text_of(piece: bytes) -> bytes:
    """The JSON in a piece.

    Raises:
        FormatError: it is damaged.
    """
    if not piece.startswith(FRAME_HEADER):
        return piece
    try:
        return ZstdDecompressor().decompress(piece)
    except ZstdError as error:
        raise FormatError(f"a damaged summary: {error}") from None


def unpack(kept: bytes, source: str) -> Summary:
    """The whole summary; the source is for messages.

    Raises:
        FormatError: it is none of this version.
    """
    pieces = pieces_of(kept)
    document = _json(pieces.pop(REST, b"{}"))
    return read_document(
        document | {"features": {name: _json(piece) for name, piece in pieces.items()}}, source
    )


def _json(piece: bytes) -> Any:
    try:
        return from_json(text_of(piece))
    except ValueError as error:
        raise FormatError(f"a damaged summary: {error}") from None
