"""Sides of exchanges that wait on disk for the other side."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec

from leeboard.capture.cloudevents.event import Event, Kind
from leeboard.capture.spool.claim import wait_for_lock

OTHER: dict[Kind, Kind] = {"request": "response", "response": "request"}


class Half(msgspec.Struct, frozen=True):
    """What waits."""

    endpoint: str
    event: Event
    at: datetime


class ClosedError(OSError):
    """Nothing is done to them here any more."""


class Halves:
    """One small file for each, so that an acknowledged side survives the process.

    Several processes may share the folder: whatever is done to it is done under a lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._is_closed = False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else looks or changes; a ClosedError once they are closed."""
        with self._lock:
            if self._is_closed:
                raise ClosedError("the sides that wait are another process's now")
            with wait_for_lock(self._fd):
                yield

    def keep(self, half: Half) -> None:
        """The half is on disk when this returns."""
        partial = self._folder / f".{secrets.token_hex(8)}"
        try:
            partial.write_bytes(msgspec.json.encode(half))
            os.utime(partial, (half.at.timestamp(), half.at.timestamp()))
            partial.replace(self._path(half.endpoint, half.event, half.event.kind))
        finally:
            partial.unlink(missing_ok=True)

    def other_side(self, endpoint: str, event: Event) -> Half | None:
        """What this event completes."""
        return self.read(self._path(endpoint, event, OTHER[event.kind]))

    def drop(self, half: Half) -> None:
        """It waits no more."""
        self._path(half.endpoint, half.event, half.event.kind).unlink(missing_ok=True)

    def overdue(self, before: datetime, n_kept: int) -> list[Path]:
        """Those that came before a time, and the oldest of those beyond a number."""
        paths = self._folder.glob("*.*.json")
        found = sorted((came_at, path) for path in paths if (came_at := _came_at(path)) is not None)
        n_beyond = len(found) - n_kept
        return [p for place, (at, p) in enumerate(found) if place < n_beyond or at < before.timestamp()]

    def close(self) -> None:
        """What waits stays; who just looks at it comes to an end first."""
        with self._lock:
            self._is_closed = True
            os.close(self._fd)

    def read(self, path: Path) -> Half | None:
        """None if it waits no more."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=Half)
        except FileNotFoundError:
            return None

    def _path(self, endpoint: str, event: Event, kind: Kind) -> Path:
        """By the model too, as the nodes of a graph log one request each under the same id."""
        named = f"{endpoint}\0{event.id}\0{event.model or ''}"
        key = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"{key}.{kind}.json"


def _came_at(path: Path) -> float | None:
    """None if it has just gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None
