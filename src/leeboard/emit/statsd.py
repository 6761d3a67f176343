"""StatsD with tags as Datadog's agent, Telegraf and statsd_exporter read them: gauges by UDP."""

import socket
from collections.abc import Iterator, Sequence

from leeboard.emit import Emitter, NotSentError, Point, Send
from leeboard.emit.naming import named
from leeboard.errors import InputError
from leeboard.formats.whole_number import whole_number

PORT = 8125
DATAGRAM_BYTES = 1400
"""What passes through any network in one piece."""
_PLAIN = str.maketrans(dict.fromkeys("|#,:@\n\r", "_"))


def open_statsd(place: str | None) -> Send:
    """The way to `HOST:PORT`; nobody confirms what arrives there.

    Raises:
        InputError: the port is none.
    """
    host, _, port = (place or "127.0.0.1").removeprefix("udp://").rpartition(":")
    if not host:
        host, port = port, str(PORT)
    number = whole_number(port, least=1, most=65_535)
    if number is None:
        raise InputError(f"--emit statsd={place}: expected HOST:PORT, such as 127.0.0.1:{PORT}")

    def send(points: Sequence[Point]) -> None:
        try:
            family, kind, proto, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind, proto) as out:
                for datagram in _datagrams(points):
                    out.sendto(datagram, address)
        except OSError as error:
            raise NotSentError(f"StatsD at {host}:{port} was not reached: {error}") from error

    return send


def _datagrams(points: Sequence[Point]) -> Iterator[bytes]:
    gathered = b""
    for line in map(_line, points):
        if gathered and len(gathered) + len(line) > DATAGRAM_BYTES:
            yield gathered
            gathered = b""
        gathered += line
    if gathered:
        yield gathered


def _line(point: Point) -> bytes:
    name, labels = named(point)
    tags = ",".join(f"{key.translate(_PLAIN)}:{value.translate(_PLAIN)}" for key, value in labels.items())
    return f"{name}:{point.average!r}|g|#{tags}\n".encode()


ENTRY = Emitter("statsd", open_statsd)
