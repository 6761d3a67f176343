"""Model servers of the tests: real ones, on this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import pytest

from leeboard.jobs.models.protocol import ModelProtocol
from leeboard.jobs.models.remote import RemoteModel


@dataclass
class ModelServer:
    """A server that answers with what a function says of a body: bytes, or (status, bytes, headers)."""

    answer: Callable[[bytes], Any]
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    n_connections: int = 0
    lock: Any = field(default_factory=Lock)


@contextmanager
def running(server: ModelServer, port: int = 0) -> Iterator[ModelServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def setup(self) -> None:
            super().setup()
            server.n_connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with server.lock:
                server.bodies.append(body)
                server.headers.append(dict(self.headers.items()))
                server.paths.append(self.path)
            said = server.answer(body)
            status, text, headers = said if isinstance(said, tuple) else (200, said, {})
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(text))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)
            self.close_connection = headers.get("Connection") == "close"

        def log_message(self, *_: object) -> None:
            """Nothing: nobody reads it."""

    listening = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    listening.daemon_threads = True
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., ModelServer]]:
    """Starts a server with an answer."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(running(ModelServer(answer)))


@pytest.fixture
def ask(serve) -> Iterator[Callable[..., Any]]:
    """Predictions of some rows by a model that answers in a way; what it was sent is kept in `ask.bodies`."""
    with ExitStack() as stack:

        def asked(rows, answer, **protocol: Any) -> Any:
            server = serve(answer if callable(answer) else lambda _: answer)
            model = stack.enter_context(RemoteModel(server.url, ModelProtocol(**protocol), n_retries=0))
            asked.bodies = server.bodies
            return model.predict(rows)

        yield asked
