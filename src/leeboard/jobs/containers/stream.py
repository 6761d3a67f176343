"""What a container prints, as it prints it."""

from collections.abc import Callable

from leeboard.errors import InputError, UnreachableError
from leeboard.jobs.containers.sockets import MOST_HEAD_BYTES, Door, refusal
from leeboard.jobs.processes import is_readable
from leeboard.jobs.scripts.channel import LineLog

_FRAME = 8
_PIECE = 1 << 16
_ERRORS = 2


class Attached:
    """Both outputs of a container that was attached to before its start, so that no line is missed.

    Nothing is kept at the engine: a container that prints faster than it is read waits.

    Args:
        feed: takes whole lines, with their ends.
    """

    def __init__(self, door: Door, container: str, feed: Callable[[bytes], None], patience_s: float) -> None:
        self._socket = door.connect(patience_s)
        outputs = [LineLog(lambda line: feed(line.encode() + b"\n")) for _ in range(2)]
        self._output, self._errors = outputs
        self._rest = b""
        self.is_open = True
        try:
            self._upgrade(container)
        except OSError as error:
            self.close()
            raise UnreachableError(f"the container engine at {door.name} does not answer: {error}") from None
        except BaseException:
            self.close()
            raise

    def read(self, seconds: float) -> None:
        """What comes within that time."""
        if not self.is_open or not is_readable(self._socket, seconds):
            return
        try:
            piece = self._socket.recv(_PIECE)
        except OSError:
            piece = b""
        self.is_open = bool(piece)
        self._take(piece)

    def finish(self) -> None:
        """Nothing more comes."""
        for each in (self._output, self._errors):
            each.finish()

    def close(self) -> None:
        self.is_open = False
        self._socket.close()

    def _upgrade(self, container: str) -> None:
        """By hand, as http.client reads ahead and cannot wait for a part of a second."""
        path = f"/containers/{container}/attach?stream=1&stdout=1&stderr=1"
        head = f"POST {path} HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
        self._socket.sendall(f"{head}Content-Length: 0\r\n\r\n".encode())
        told = b""
        while b"\r\n\r\n" not in told:
            piece = self._socket.recv(_PIECE)
            told += piece
            if not piece or len(told) > MOST_HEAD_BYTES:
                raise InputError("the container engine does not let its container be read")
        first, _, rest = told.partition(b"\r\n\r\n")
        status = first.split(b" ", 2)[1]
        if status not in (b"101", b"200"):
            raise refusal(int(status) if status.isdigit() else 500, rest)
        self._take(rest)

    def _take(self, piece: bytes) -> None:
        """A frame is one byte for its stream, three zeros, its length, and what was printed."""
        self._rest += piece
        while len(self._rest) >= _FRAME:
            end = _FRAME + int.from_bytes(self._rest[4:_FRAME], "big")
            if len(self._rest) < end:
                return
            lines = self._errors if self._rest[0] == _ERRORS else self._output
            lines.feed(self._rest[_FRAME:end])
            self._rest = self._rest[end:]
