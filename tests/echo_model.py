"""A model for tests that tells what it was asked: `NAME(body)`, NAME being a variable of its container.

A body `status:418:text` is answered with that status and text. What is accepted is the answer's content type.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ATTRIBUTES, TARGET = "X-Amzn-SageMaker-Custom-Attributes", "X-Amzn-SageMaker-Target-Model"


class Model(BaseHTTPRequestHandler):
    """Answers /ping and /invocations."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together, so that no acknowledgement is waited for

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/ping" else 404, b"", {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if body.startswith(b"status:"):
            _, status, text = body.split(b":", 2)
            self._answer(int(status), text, {"Content-Type": "text/plain"})
            return
        name = self.headers.get(TARGET) or os.environ.get("NAME", "model")
        content_type = self.headers.get("Accept") or self.headers.get("Content-Type")
        headers = {"Content-Type": content_type} if content_type else {}
        if attributes := self.headers.get(ATTRIBUTES):
            headers[ATTRIBUTES] = f"seen {attributes}"
        self._answer(200, name.encode() + b"(" + body + b")", headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: nobody reads it."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Model).serve_forever()
