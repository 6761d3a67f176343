"""Answers that leave in one piece: uvicorn writes head and body apart, and a write costs a system call."""

import asyncio
from typing import Any

from leeboard.api.limits import LimitedProtocol

SMALL_BYTES = 1 << 16
"""What is longer is not worth the copy."""


class JoiningTransport:
    """Holds back a short write until the next one, or until the event loop has nothing else that is ready."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._soon = asyncio.get_running_loop().call_soon
        self._held = b""
        self._n_written = 0

    def write(self, data: bytes) -> None:
        held, self._held = self._held, b""
        self._n_written += len(data)
        if not held and len(data) < SMALL_BYTES:
            self._held = data
            self._soon(self._flush)
        elif len(data) < SMALL_BYTES:
            self._transport.write(held + data)
        else:
            self._transport.writelines((held, data) if held else (data,))

    def _flush(self) -> None:
        held, self._held = self._held, b""
        if held:
            self._transport.write(held)

    def n_waiting(self) -> int:
        """Bytes that were written and have not left."""
        return len(self._held) + self._transport.get_write_buffer_size()

    def n_sent(self) -> int:
        """Bytes that have left."""
        return self._n_written - self.n_waiting()

    def abort(self) -> None:
        self._transport.abort()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class JoiningProtocol(LimitedProtocol):
    """uvicorn's protocol with such a transport, and with limits."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(JoiningTransport(transport))  # type: ignore[arg-type]
