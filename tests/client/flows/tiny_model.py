"""A model as a container serves one: /ping, and /invocations that takes CSV rows `minutes,calls,plan`.

Its weights lie in the model's archive, so that a wrong archive gives wrong scores.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar


def score(row: str, weights: dict[str, float]) -> str:
    """One number a row."""
    minutes, calls, plan = row.split(",")
    sum_of_all = float(minutes) * weights["minutes"] + float(calls) * weights["calls"]
    return f"{sum_of_all + weights.get(plan, 0.0):.4f}"


class Model(BaseHTTPRequestHandler):
    """Answers /ping and /invocations."""

    protocol_version = "HTTP/1.1"
    weights: ClassVar[dict[str, float]] = {}

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/ping" else 404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        try:
            rows = [score(row, self.weights) for row in body.splitlines() if row.strip()]
        except ValueError as error:
            self._answer(400, str(error).encode())
        else:
            self._answer(200, "".join(row + "\n" for row in rows).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/csv; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: nobody reads it."""


if __name__ == "__main__":
    Model.weights = json.loads((Path(sys.argv[2]) / "weights.json").read_text())
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Model).serve_forever()
