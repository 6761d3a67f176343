"""The program that serves the demo's model: `python -m leeboard.cli.demo.model_server PORT FOLDER`.

leeboard starts it for the image of the demo, with the folder into which it unpacked the model.
"""

import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from leeboard.cli.demo.model import LateModel, read_flights
from leeboard.errors import InputError


class Handler(BaseHTTPRequestHandler):
    """Answers /ping and /invocations, as SageMaker's contract for containers has them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    model: LateModel

    def do_GET(self) -> None:
        """Whether the model is ready."""
        self._answer(200 if self.path == "/ping" else 404, b"")

    def do_POST(self) -> None:
        """A probability for each line of CSV."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self._answer(404, b"")
            return
        try:
            scores = self.model.score(read_flights(body))
        except InputError as error:
            self._answer(400, str(error).encode(), "text/plain")
            return
        self._answer(200, "".join(f"{score:.4f}\n" for score in scores).encode())

    def _answer(self, status: int, body: bytes, content_type: str = "text/csv") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: leeboard counts requests itself."""


class ModelServer(ThreadingHTTPServer):
    """Listens on loopback; takes many connections at once, as they are kept."""

    request_queue_size = 64
    daemon_threads = True


def main(arguments: Sequence[str]) -> None:
    """Serve until it is ended."""
    port, folder = arguments
    handler = type("Handler", (Handler,), {"model": LateModel.load(Path(folder))})
    with ModelServer(("127.0.0.1", int(port)), handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
