"""A file of the spool: a first line that says where it will go, then capture records."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from leeboard.errors import FormatError

OPENING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: enough for another process to finish the work."""

    uri: str
    destination: str
    endpoint: str
    variant: str
    opened_at: datetime


class SpoolFile:
    """A file that records are added to; each is in the hands of the operating system at once."""

    def __init__(self, path: Path, label: Label, window: int) -> None:
        self.path = path
        self.label = label
        self.window = window
        self.size_bytes = 0
        self.is_broken = False
        self._fd = os.open(path, OPENING, 0o600)
        try:
            self.append(msgspec.json.encode(label) + b"\n")
        except OSError:
            self.close()
            path.unlink(missing_ok=True)
            raise

    def append(self, line: bytes) -> None:
        """Adds a whole line or nothing.

        Raises:
            OSError: the disk did not take it.
        """
        try:
            n_written = os.write(self._fd, line)
            while n_written < len(line):  # as on a disk that is nearly full
                n_written += os.write(self._fd, line[n_written:])
        except OSError:
            self._cut()
            raise
        self.size_bytes += n_written

    def _cut(self) -> None:
        try:
            os.ftruncate(self._fd, self.size_bytes)
        except OSError:
            self.is_broken = True  # no more lines: the half one must stay the last

    def close(self) -> None:
        """No more lines."""
        os.close(self._fd)


@dataclass(frozen=True, slots=True)
class Content:
    """What a file of the spool holds.

    Args:
        label: None if its process died before it was written.
        body: whole records only.
        is_cut: whether the last one was half written; it was never acknowledged.
    """

    label: Label | None
    body: bytes
    is_cut: bool


def read_content(path: Path) -> Content:
    """A closed file.

    Raises:
        FormatError: the first line is whole but not one of ours.
    """
    first, line_end, rest = path.read_bytes().partition(b"\n")
    if not line_end:
        return Content(None, b"", False)
    whole = rest.rfind(b"\n") + 1
    return Content(_label(path, first), rest[:whole], whole < len(rest))


def read_label(path: Path) -> Label | None:
    """The first line alone; None if it is not there whole.

    Raises:
        FormatError: the line is not one of ours.
    """
    with path.open("rb") as stream:
        first = stream.readline()
    return _label(path, first) if first.endswith(b"\n") else None


def _label(path: Path, line: bytes) -> Label:
    try:
        label = msgspec.json.decode(line, type=Label)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} is no file of a capture spool: {error}", str(path)) from None
    return msgspec.structs.replace(label, opened_at=label.opened_at.astimezone(UTC))
