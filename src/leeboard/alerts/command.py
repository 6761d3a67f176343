"""A program of the operator's, which reads the notice as JSON from its standard input."""

import os
import signal
import subprocess
from contextlib import suppress
from threading import Thread

import msgspec

from leeboard.alerts import DeliveryError, Notice, Outside, Sink

MOST_COMPLAINT_BYTES = 2_000
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
"""All else of the server's environment may be a secret."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program with its arguments; no shell reads them."""

    command: list[str]
    timeout_s: float = 10.0
    environment: dict[str, str] = {}


def deliver(notice: Notice, settings: Command, outside: Outside) -> None:
    body = msgspec.json.encode(notice.document())
    known = {name: os.environ[name] for name in INHERITED if name in os.environ}
    told = {"LEEBOARD_EVENT": notice.event, "LEEBOARD_SEVERITY": notice.severity}
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own
            settings.command, env=known | told | settings.environment, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError, IndexError) as error:
        raise DeliveryError(f"the command {_name(settings)} could not be started: {error}") from None
    _await(process, body, settings)


def _await(process: "subprocess.Popen[bytes]", body: bytes, settings: Command) -> None:
    complaint = bytearray()
    sides = [Thread(target=_drain, args=(process, complaint)), Thread(target=_feed, args=(process, body))]
    for side in sides:
        side.daemon = True
        side.start()
    try:
        code = process.wait(settings.timeout_s)
    except subprocess.TimeoutExpired:
        _end_group(process)
        raise DeliveryError(
            f"the command {_name(settings)} did not end within {settings.timeout_s:g} s, and was killed"
        ) from None
    finally:
        for side in sides:
            side.join(1)
    if code:
        said = complaint.decode(errors="replace").strip()
        raise DeliveryError(
            f"the command {_name(settings)} ended with {code}" + (f": {said}" if said else "")
        )


def _feed(process: "subprocess.Popen[bytes]", body: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(OSError):  # it may end without reading
        process.stdin.write(body)
    with suppress(OSError):
        process.stdin.close()


def _drain(process: "subprocess.Popen[bytes]", complaint: bytearray) -> None:
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    with process.stderr as stream:
        while some := os.read(stream.fileno(), 65536):
            complaint += some[: MOST_COMPLAINT_BYTES - len(complaint)]


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """With what it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _name(settings: Command) -> str:
    return os.path.basename(settings.command[0]) if settings.command else "that is empty"


ENTRY = Sink("command", Command, deliver, plain=frozenset({"timeout_s"}), is_file_only=True)
