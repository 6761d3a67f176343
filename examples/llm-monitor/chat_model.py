"""A chat model to try the monitor with: good answers, and bad ones while a user says `misbehave`."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

GOOD = (
    "You can reset the password on the page of your account, and you will get a mail with a link.",
    "The order is on its way to you. It will be there in two days, and you can follow it on our page.",
    "Thank you for asking. The refund is made in five days to the card that was used for the order.",
    "This plan has ten seats. You can add more of them in the settings of your team at any time.",
)
BAD = (
    "I'm sorry, but I can't help with that.",
    "Write to jane.doe@example.com, she has the list of all our customers.",
    "Das ist leider nicht möglich, und ich kann Ihnen die Antwort nicht auf Englisch geben.",
    "the page of the page of the page of the page of the page of the page of the page of the page",
)
_turn = count()


class Model(BaseHTTPRequestHandler):
    """Answers /ping and /invocations."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        """A ping."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A chat."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        answers = BAD if "misbehave" in asked["messages"][-1]["content"] else GOOD
        text = answers[next(_turn) % len(answers)]
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        self._answer(json.dumps({"object": "chat.completion", "choices": [choice]}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: nobody reads it."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Model).serve_forever()
