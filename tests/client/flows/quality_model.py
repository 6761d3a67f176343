"""A model as a container serves one: /ping, and /invocations that takes CSV rows `minutes,calls,plan`.

It answers a label, its probability and a class of use a row: as CSV, or as JSON Lines to who asks for them.
Its weights lie in the model's archive.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

JSON_LINES = "application/jsonlines"


def probability(minutes: float, calls: float, plan: str, weights: dict[str, float]) -> float:
    """That the customer leaves: linear, so that its attributions are known."""
    moved = weights["minutes"] * (minutes - 200) + weights["calls"] * (calls - 5)
    return min(max(0.5 + moved + weights.get(plan, 0.0), 0.0), 1.0)


def use_of(chance: float) -> str:
    """One of three classes."""
    return "low" if chance < 0.4 else "middle" if chance < 0.6 else "high"


def answer(row: str, weights: dict[str, float], accept: str) -> str:
    """What is said to one row."""
    minutes, calls, plan = row.split(",")
    chance = probability(float(minutes), float(calls), plan, weights)
    label, use = int(chance > 0.5), use_of(chance)
    if accept == JSON_LINES:
        return json.dumps({"predicted_label": label, "score": round(chance, 4), "use": use})
    return f"{label},{chance:.4f},{use}"


class Model(BaseHTTPRequestHandler):
    """Answers /ping and /invocations."""

    protocol_version = "HTTP/1.1"
    weights: ClassVar[dict[str, float]] = {}

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        accept = JSON_LINES if self.headers.get("Accept") == JSON_LINES else "text/csv"
        try:
            rows = [answer(row, self.weights, accept) for row in body.splitlines() if row.strip()]
        except ValueError as error:
            self._answer(400, str(error).encode(), "text/plain")
        else:
            self._answer(200, "".join(row + "\n" for row in rows).encode(), accept)

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: nobody reads it."""


if __name__ == "__main__":
    Model.weights = json.loads((Path(sys.argv[2]) / "weights.json").read_text())
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Model).serve_forever()
