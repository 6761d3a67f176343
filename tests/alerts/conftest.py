"""A notice, and receivers on real sockets."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Thread
from typing import Any

import pytest

from leeboard.alerts import Notice, Outside
from leeboard.alerts.posting import post

NOW = datetime(2026, 11, 26, 10, 0, 1, 234_567, tzinfo=UTC)


@pytest.fixture
def notice() -> Notice:
    return Notice(
        event="incident/7/opened", kind="opened", severity="critical", title="churn-hourly: 3 violations",
        text="Window 2026-11-26 09:00 to 10:00 UTC: 3 violations. «plan»: 0.3 > 0.1", at=NOW,
        links={"alert": "http://monitor.example/dashboard/alerts/7"}, rule="drift", schedule="churn-hourly",
        endpoint="churn", monitor="DataQuality", feature="plan",
        window_start_at=datetime(2026, 11, 26, 9, tzinfo=UTC),
        window_end_at=datetime(2026, 11, 26, 10, tzinfo=UTC), counts={"violations": 3},
    )  # fmt: skip


@pytest.fixture
def outside() -> Outside:
    return Outside(post, NOW, "eu-west-1", "123456789012")


@dataclass(slots=True)
class Receiver:
    """A server that keeps what is posted to it."""

    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    @property
    def document(self) -> Any:
        return json.loads(self.posts[-1][1])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append((dict(self.headers), body))
            self.send_response(receiver.status)
            if receiver.status in (301, 302, 307, 308):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"secret")

        def log_message(self, *_: Any) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        receiver.url = f"http://127.0.0.1:{port}/hook/token-in-path?key=token-in-query"
        yield receiver


@contextmanager
def serving(server: Any) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[str]]]:
    """An SMTP server's port, and the messages that it took."""
    messages: list[str] = []

    class Smtp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    messages.append(b"".join(lines).decode())
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)) as port:
        yield port, messages


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Of a server that takes connections and never says a word."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def dripping_port() -> Iterator[int]:
    """Of a server that answers a letter at a time, for as long as anybody listens."""

    class Drip(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            import time

            try:
                self.request.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while True:
                    self.request.sendall(b"x")
                    time.sleep(0.02)
            except OSError:
                return

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip)) as port:
        yield port
