"""Requests and answers over a socket, while what the script prints is read beside it."""

import io
import selectors
import socket
import time
from collections.abc import Callable

_HEAD = 8
_PIECE = 1 << 18
_LONGEST_LINE = 1 << 16
_LOOK_S = 0.2
"""How often a silent child is looked at: a grandchild may hold the socket open after its death."""


class LineLog:
    """Bytes that arrive in any pieces, to `log` line by line."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Logs all lines that are whole or too long to wait for."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._log(line.decode("utf-8", "replace").rstrip("\r"))
        if len(self._rest) > _LONGEST_LINE:
            self.finish()

    def finish(self) -> None:
        """Logs what came without a line end."""
        rest, self._rest = self._rest, b""
        if rest:
            self._log(rest.decode("utf-8", "replace"))


class Channel:
    """Our end of the socket and of the pipe for printed text.

    Args:
        connection: the socket to the child.
        printed: our end of a pipe that the child's output goes to; both must not block.
        lines: takes the output.
        is_alive: whether the child runs.
        most_bytes: an answer above it is refused.
    """

    def __init__(
        self,
        connection: socket.socket,
        printed: io.FileIO,
        lines: LineLog,
        is_alive: Callable[[], bool],
        most_bytes: int,
    ) -> None:
        self._connection, self._printed, self._lines = connection, printed, lines
        self._is_alive, self._most_bytes = is_alive, most_bytes
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, selectors.EVENT_READ)
        self._selector.register(printed, selectors.EVENT_READ)

    def exchange(self, request: bytes | None, seconds: float) -> bytes:
        """Sends a request (None: only waits for what the child says by itself) and returns the answer.

        Raises:
            TimeoutError: no whole answer in that time.
            ConnectionError: the child has gone, or its answer is too large.
        """
        deadline = time.monotonic() + seconds
        if request is not None:
            self._send(len(request).to_bytes(_HEAD, "big") + request, deadline)
        answer = bytearray()
        while not self._is_whole(answer):
            if self._ready(deadline):
                answer += self._received()
        self.drain()
        return bytes(answer[_HEAD:])

    def drain(self) -> None:
        """Logs what is in the pipe now: all that was printed before the answer was sent."""
        for _ in range(64):  # pieces; more than a pipe holds, yet no endless flood
            if not self._log_piece():
                return

    def close(self) -> None:
        """Lets go of both ends and logs the last printed text."""
        self.drain()
        self._lines.finish()
        self._selector.close()
        self._connection.close()
        self._printed.close()

    def _send(self, frame: bytes, deadline: float) -> None:
        left = memoryview(frame)
        self._selector.modify(self._connection, selectors.EVENT_WRITE)
        try:
            while left:
                if self._ready(deadline):
                    left = left[self._connection.send(left) :]
        finally:
            self._selector.modify(self._connection, selectors.EVENT_READ)

    def _ready(self, deadline: float) -> bool:
        """Waits a little; True if the socket can be used."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        ready = {key.fileobj for key, _ in self._selector.select(min(left, _LOOK_S))}
        if self._printed in ready and not self._log_piece():
            self._selector.unregister(self._printed)  # closed
        if not ready and not self._is_alive():
            raise ConnectionResetError
        return self._connection in ready

    def _log_piece(self) -> bool:
        """Whether there was anything."""
        piece = self._printed.read(_PIECE) or b""
        self._lines.feed(piece)
        return bool(piece)

    def _received(self) -> bytes:
        piece = self._connection.recv(_PIECE)
        if not piece:
            raise ConnectionResetError
        return piece

    def _is_whole(self, answer: bytearray) -> bool:
        if len(answer) < _HEAD:
            return False
        size = int.from_bytes(answer[:_HEAD], "big")
        if size > self._most_bytes:
            raise ConnectionAbortedError
        return len(answer) >= _HEAD + size
