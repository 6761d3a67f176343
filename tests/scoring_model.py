"""A model for tests whose scores are known: 0.1 for rows whose `number`, the last cell, 4 divides, else 0.9.

A row of CSV is answered with its score, an object of JSON with an object.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Model(BaseHTTPRequestHandler):
    """Answers /ping and /invocations."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("text/plain", "")

    def do_POST(self) -> None:
        lines = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode().splitlines()
        kind = self.headers.get("Content-Type") or "text/csv"
        self._answer(kind, "\n".join(map(_scored, lines)))

    def _answer(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: nobody reads it."""


def _scored(line: str) -> str:
    if not line.startswith("{"):
        return str(_score(line.rpartition(",")[2]))
    score = _score(json.loads(line)["number"])
    return json.dumps({"predicted_label": int(score > 0.5), "score": score})


def _score(number: object) -> float:
    return 0.9 if int(str(number)) % 4 else 0.1


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Model).serve_forever()
