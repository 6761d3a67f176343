"""Requests over connections that are kept, tried again where that may help."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, RemoteDisconnected
from threading import Event, Lock
from urllib.parse import urlsplit

from leeboard.errors import InputError, UnreachableError

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that may be gone next time."""
REFUSED = "x-leeboard-refused"
"""Header of answers that come from leeboard's server instead of a model."""
SHOWN = 200
"""Characters of an answer that is no success which are passed on."""
MOST_WAIT_S = 10.0
_GONE = (RemoteDisconnected, BrokenPipeError, ConnectionResetError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    content_type: str | None = None
    retry_after_s: float | None = None
    is_refusal: bool = False


class Connections:
    """Connections to one server; may be used from several threads.

    Args:
        url: where requests go.
        name: the URL as it may be shown.
        timeout_s: for connecting, and for each wait for bytes.
        n_retries: how often a request is tried again.
        pause_s: before the first retry; twice as long before each one after it.
    """

    def __init__(self, url: str, name: str, *, timeout_s: float, n_retries: int, pause_s: float) -> None:
        split = urlsplit(url)
        self._make = HTTPSConnection if split.scheme == "https" else HTTPConnection
        self._host, self._port = split.hostname or "", split.port
        self._target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        self._name, self._timeout_s = name, timeout_s
        self._n_retries, self._pause_s = n_retries, pause_s
        self._idle: list[HTTPConnection] = []
        self._lock = Lock()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """An answer of success.

        Raises:
            UnreachableError: there is none, or one that says that it may be there later.
            InputError: the model refuses what it was asked.
        """
        for n in range(self._n_retries + 1):
            outcome = self._tried(body, headers)
            if isinstance(outcome, Answer) and outcome.status not in PASSING:
                break
            if n < self._n_retries:
                Event().wait(self._pause(outcome, n))
        if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
            return outcome
        raise self._failure(outcome, n + 1)

    def close(self) -> None:
        """Closes what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _pause(self, outcome: Answer | Exception, n: int) -> float:
        asked = outcome.retry_after_s if isinstance(outcome, Answer) else None
        return min(max(self._pause_s * (1 << n), asked or 0.0), MOST_WAIT_S)

    def _tried(self, body: bytes, headers: Mapping[str, str]) -> Answer | Exception:
        try:
            return self._asked(body, headers)
        except (OSError, HTTPException) as error:
            return error

    def _asked(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Servers close idle connections: one that turns out to be closed is no failure of its own."""
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            try:
                return self._exchange(kept, body, headers)
            except _GONE:
                self.close()
        fresh = self._make(self._host, self._port, timeout=self._timeout_s)
        return self._exchange(fresh, body, headers)

    def _exchange(self, connection: HTTPConnection, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            connection.request("POST", self._target, body, dict(headers))
            response = connection.getresponse()
            answer = _read(response)
        except BaseException:
            connection.close()
            raise
        if connection.sock is None:  # the server does not want it kept
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)
        return answer

    def _failure(self, outcome: Answer | Exception, n_tried: int) -> InputError:
        times = f" (tried {n_tried} times)" if n_tried > 1 else ""
        if isinstance(outcome, TimeoutError):
            return UnreachableError(
                f"the model at {self._name} did not answer within {self._timeout_s:g} s{times}"
            )
        if isinstance(outcome, Exception):
            reason = str(outcome) or type(outcome).__name__
            return UnreachableError(f"the model at {self._name} cannot be reached{times}: {reason}")
        said = " ".join(outcome.body[: 4 * SHOWN].decode(errors="replace").split())[:SHOWN]
        if outcome.is_refusal:
            said = outcome.body.decode(errors="replace")
            text = f"the model cannot be asked{times}: {said}"
        else:
            text = f"the model at {self._name} answered {outcome.status}{times}: {said or 'an empty body'}"
        return UnreachableError(text) if outcome.status in PASSING else InputError(text)


def _read(response: HTTPResponse) -> Answer:
    after = response.getheader("Retry-After") or ""
    return Answer(
        response.status,
        response.read(),
        response.getheader("Content-Type"),
        float(after) if after.isdecimal() else None,
        response.getheader(REFUSED) is not None,
    )
