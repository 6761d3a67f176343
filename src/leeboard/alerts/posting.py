"""One POST to somebody else's server: bounded in time and in what is read, and never sent on elsewhere."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from leeboard.alerts import DeliveryError, Posting

TOTAL_S = 10.0
CONNECT_S = 5.0
AGENT = "leeboard"
HOST = re.compile(r"[^\s\x00-\x20\x7f/?#@]{1,255}")


def post(posting: Posting, *, total_s: float = TOTAL_S) -> None:
    """Send it; the answer's body is not read.

    Raises:
        DeliveryError: it was not taken: no server, no answer in time, or a status that is not 2xx. The
            text names the server alone, as the rest of a URL may be secret.
    """
    split = _checked(posting.url)
    where = _where(split)
    connection = _connection(split, min(CONNECT_S, total_s))
    with _bounded(connection, total_s) as is_late:
        try:
            status = _status(connection, split, posting)
        except ValueError as error:  # a header that cannot be one
            raise DeliveryError(f"what was to be sent to {where} cannot be: {type(error).__name__}") from None
        except (OSError, HTTPException) as error:
            status, reason = 0, _reason(error)
    if is_late.is_set():  # what was read until then may look like an answer
        raise DeliveryError(f"{where}: it did not answer within {total_s:g} s")
    if not status:
        raise DeliveryError(f"{where}: {reason}")
    if not 200 <= status < 300:
        raise DeliveryError(f"{where} answered {_told(status)}")


@contextmanager
def _bounded(connection: HTTPConnection, total_s: float) -> Iterator[Event]:
    """Breaks the connection when the time is over, and closes it; the event says whether it was."""
    is_late = Event()
    dog = Timer(total_s, _shut, [connection, is_late])
    dog.daemon = True
    dog.start()
    try:
        yield is_late
    finally:
        dog.cancel()
        connection.close()


def _checked(url: str) -> SplitResult:
    try:
        split = urlsplit(url)
        is_good = split.scheme in ("http", "https") and bool(HOST.fullmatch(split.hostname or ""))
        is_good = is_good and split.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise DeliveryError("the sink has no URL that begins with http:// or https:// and a host")
    return split


def _where(split: SplitResult) -> str:
    host = split.netloc.rpartition("@")[2]
    return f"{split.scheme}://{host}"


def _connection(split: SplitResult, timeout_s: float) -> HTTPConnection:
    assert split.hostname  # noqa: S101 - it was checked
    if split.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(split.hostname, split.port, timeout=timeout_s, context=context)
    return HTTPConnection(split.hostname, split.port, timeout=timeout_s)


def _status(connection: HTTPConnection, split: SplitResult, posting: Posting) -> int:
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    headers = {"User-Agent": AGENT, "Connection": "close"} | dict(posting.headers)
    connection.connect()
    connection.sock.settimeout(TOTAL_S)
    connection.request("POST", path, body=posting.body, headers=headers)
    return connection.getresponse().status


def _shut(connection: HTTPConnection, is_late: Event) -> None:
    is_late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(SHUT_RDWR)


def _told(status: int) -> str:
    if 300 <= status < 400:
        return f"{status}: it sends on to elsewhere, which is not followed; name the final URL"
    with suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return str(status)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, OSError):
        return f"it cannot be reached: {error.strerror or type(error).__name__}"
    return f"it does not answer as HTTP does: {type(error).__name__}"
