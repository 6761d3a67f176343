"""What a container prints, from frames to lines."""

import socket

import pytest

from leeboard.errors import EngineError, InputError, NotFoundError
from leeboard.jobs.containers.sockets import Door
from leeboard.jobs.containers.stream import Attached

HEAD = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n\r\n"


def frame(kind, text):
    return bytes([kind, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


def read(said, *, size):
    """The lines that come of what an engine says, in pieces of a size."""
    ours, theirs = socket.socketpair()
    lines: list[bytes] = []
    with theirs:
        theirs.sendall(said[:size] if size < len(HEAD) else said[: len(HEAD)])
        rest = said[len(said[:size] if size < len(HEAD) else said[: len(HEAD)]) :]
        if size < len(HEAD):
            theirs.sendall(rest)
            rest = b""
        attached = Attached(Door("test", lambda seconds: ours), "c", lines.append, 5)
        for start in range(0, len(rest), size):
            theirs.sendall(rest[start : start + size])
            attached.read(1)
    while attached.is_open:
        attached.read(1)
    attached.finish()
    attached.close()
    return lines


@pytest.mark.parametrize("size", [1, 7, 50, 1000])
def test_lines_are_whole_however_they_come_and_outputs_do_not_mix(size):
    said = HEAD + frame(1, b"first ha") + frame(2, b"an error\n") + frame(1, b"lf\nlast")
    assert read(said, size=size) == [b"an error\n", b"first half\n", b"last\n"]


@pytest.mark.parametrize(
    ("said", "error", "text"),
    [
        (
            b'HTTP/1.1 404 Not Found\r\n\r\n{"message": "no such container"}',
            NotFoundError,
            "no such container",
        ),
        (b'HTTP/1.1 409 Conflict\r\n\r\n{"message": "not running"}', InputError, "not running"),
        (b"HTTP/1.1 500 Internal Server Error\r\n\r\nlost", EngineError, "lost"),
        (b"", InputError, "does not let its container be read"),
        (b"x" * 70_000, InputError, "does not let its container be read"),
    ],
)
def test_an_engine_that_refuses_is_told_in_its_words(said, error, text):
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(error, match=text):
            Attached(Door("test", lambda seconds: ours), "c", print, 5)
