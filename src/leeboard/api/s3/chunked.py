"""Bodies that come in pieces with their sizes, and checksums behind the last: aws-chunked."""

import re

from leeboard.api.s3.refusals import refusal

LINE_BYTES = 8192
N_TRAILERS = 100
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(;.*)?")


class ChunkedBody:
    """Takes the form away.

    Attributes:
        trailer: what stood behind the last piece, names in small letters.
        is_complete: whether the last piece has come.
    """

    def __init__(self) -> None:
        self.trailer: dict[str, str] = {}
        self.is_complete = False
        self._buffer = bytearray()
        self._left = 0  # of the piece that is being read
        self._state = "size"

    def take(self, raw: bytes) -> bytes:
        """The bytes of the object in the next piece of the body."""
        self._buffer += raw
        found: list[bytes] = []
        while self._step(found):
            pass
        return b"".join(found)

    def _step(self, found: list[bytes]) -> bool:
        """Whether there was enough to go on with."""
        if self._state == "data":
            return self._data(found)
        line = self._line()
        if line is None:
            return False
        if self._state == "end of data":
            if line:
                raise _malformed()
            self._state = "size"
        elif self._state == "size":
            self._begin(line)
        elif line:
            if len(self.trailer) >= N_TRAILERS:
                raise _malformed()
            name, _, value = line.decode("latin-1").partition(":")
            self.trailer[name.strip().lower()] = value.strip()
        return True

    def _begin(self, line: bytes) -> None:
        match = _SIZE.fullmatch(line)
        if not match:
            raise _malformed()
        self._left = int(match[1], 16)
        self.is_complete = self._left == 0
        self._state = "trailer" if self.is_complete else "data"

    def _data(self, found: list[bytes]) -> bool:
        data = bytes(self._buffer[: self._left])
        if not data:
            return False
        found.append(data)
        del self._buffer[: len(data)]
        self._left -= len(data)
        if self._left == 0:
            self._state = "end of data"
        return True

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > LINE_BYTES:
                raise _malformed()
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def rest(self) -> None:
        """Reads a last line that has no end of its own."""
        if self._state == "trailer" and self._buffer:
            self.take(b"\r\n")


def _malformed() -> Exception:
    return refusal("IncompleteBody", "the body is not in the form aws-chunked that its headers announce")
