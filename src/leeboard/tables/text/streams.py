"""Text files as streams of UTF-8 bytes, whatever their compression and encoding."""

import codecs
import gzip
import io
import zlib
from typing import IO, Any, cast

import zstandard

from leeboard import storage
from leeboard.errors import FormatError
from leeboard.storage.file import explained

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PART_BYTES = 1 << 20
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError, UnicodeDecodeError)


class TextStream(io.RawIOBase):
    """A stream that can look ahead, and says which file was broken when reading fails.

    Attributes:
        n_read: bytes that were taken out of it.
        stored: the stream of the file's own bytes, before decompression.
    """

    def __init__(self, source: Any, uri: str, stored: "TextStream | None" = None) -> None:
        self._source = source
        self._uri = uri
        self._head = b""
        self.n_read = 0
        self.stored = stored or self

    def readable(self) -> bool:
        return True

    def peek(self, n: int) -> bytes:
        """The next n bytes, fewer at the end; they stay there to be read."""
        try:
            while len(self._head) < n and (part := self._source.read(n - len(self._head))):
                self._head += part
        except _BROKEN as error:
            raise self._broken(error) from error
        return self._head[:n]

    def readinto(self, buffer: Any) -> int:
        try:
            n = self._take_head(buffer) if self._head else self._take(buffer)
        except _BROKEN as error:
            raise self._broken(error) from error
        self.n_read += n
        return n

    def close(self) -> None:
        if not self.closed:
            self._source.close()
            if self.stored is not self:
                self.stored.close()
        super().close()

    def _take_head(self, buffer: Any) -> int:
        part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _take(self, buffer: Any) -> int:
        if hasattr(self._source, "readinto"):
            return self._source.readinto(buffer) or 0
        part = self._source.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def _broken(self, error: Exception) -> FormatError:
        reason = str(error) or type(error).__name__
        return FormatError(f"{self._uri} cannot be read: {reason}; was it written to the end?", self._uri)


def open_text(uri: str, encoding: str | None = None) -> TextStream:
    """The text of a file from its beginning, decompressed, as UTF-8 without a byte order mark.

    Raises:
        FormatError: while reading, for a file that cannot be decompressed or decoded.
    """
    stored = TextStream(_open(uri), uri)
    text = _decompressed(stored, uri)
    head = text.peek(3)
    if encoding is None and head.startswith(_UTF16_MARKS):
        encoding = "utf-16"
    if encoding is not None and codecs.lookup(encoding).name != "utf-8":
        text = TextStream(_Converted(text, encoding), uri, stored)
    elif head == codecs.BOM_UTF8:
        text.read(len(head))
    return text


def read_head(uri: str, size_bytes: int, encoding: str | None = None) -> bytes:
    """The first bytes of the text of a file; fewer if it is short."""
    parts = []
    with open_text(uri, encoding) as stream:
        while size_bytes > 0 and (part := stream.read(size_bytes)):
            parts.append(part)
            size_bytes -= len(part)
    return b"".join(parts)


def _open(uri: str) -> Any:
    if storage.is_local(uri):
        with explained(uri):
            return open(storage.local_path(uri), "rb", buffering=0)
    return storage.open_read(uri)


def _decompressed(stored: TextStream, uri: str) -> TextStream:
    head = stored.peek(4)
    if head.startswith(_GZIP):
        return TextStream(gzip.GzipFile(fileobj=stored), uri, stored)
    if head == _ZSTD:
        reader = zstandard.ZstdDecompressor().stream_reader(cast(IO[bytes], stored), read_across_frames=True)
        return TextStream(reader, uri, stored)
    return stored


class _Converted(io.RawIOBase):
    """Text of another encoding, as UTF-8."""

    def __init__(self, source: TextStream, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        at_end = False
        while not self._ready and not at_end:
            part = self._source.read(_PART_BYTES) or b""
            at_end = not part
            self._ready = self._decoder.decode(part, at_end).encode()
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()
