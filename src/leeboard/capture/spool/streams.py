"""The open files of a spool: which one a record goes into, and when it is cut."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from leeboard.capture.spool.claim import Claim
from leeboard.capture.spool.file import Label, SpoolFile
from leeboard.storage import is_local, local_path
from leeboard.storage.layout import capture_key

MAX_OPEN = 128
HOUR_S = 3600

Key = tuple[str, str, str, int]
"""Destination, endpoint, variant, and the hour of the records."""


class Streams:
    """One file for each endpoint, variant and hour; its owner guards it against threads.

    Args:
        claim: makes the folder of this process, at the first record.
        closed: is given each file that gets no more records.
        max_age_s: files are cut where the clock passes a multiple of this.
        max_bytes: files are cut before they grow beyond this.
        now: the clock.
        new_id: makes the ids of files.
    """

    def __init__(
        self,
        claim: Callable[[], Claim],
        closed: Callable[[Path, Label], None],
        *,
        max_age_s: float,
        max_bytes: int,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._make_claim = claim
        self._closed = closed
        self._max_age_s = max_age_s
        self._max_bytes = max_bytes
        self._now = now
        self._new_id = new_id
        self._claim: Claim | None = None
        self._files: dict[Key, SpoolFile] = {}

    def append(self, endpoint: str, variant: str, destination: str, at: datetime, line: bytes) -> None:
        """Puts a line into the file of its hour.

        Raises:
            OSError: the disk did not take it; nothing of it is left.
            InputError: the names cannot be part of a URI.
        """
        now = self._now()
        window = self._window(now)
        key = (destination, endpoint, variant, int(at.timestamp()) // HOUR_S)
        file = self._files.get(key)
        if file is not None and self._is_full(file, window, len(line)):
            self._close(key)
            file = None
        if file is None:
            file = self._open(key, at, now, window)
        file.append(line)

    def _is_full(self, file: SpoolFile, window: int, n_bytes: int) -> bool:
        return file.window != window or file.is_broken or file.size_bytes + n_bytes > self._max_bytes

    def _window(self, now: datetime) -> int:
        return int(now.timestamp() // self._max_age_s)

    def _open(self, key: Key, at: datetime, now: datetime, window: int) -> SpoolFile:
        destination, endpoint, variant, _ = key
        unique_id = self._new_id()
        uri = capture_key(destination, endpoint, variant, at=at, unique_id=unique_id)
        if is_local(uri):  # another process, with another working directory, may ship it
            uri = os.path.abspath(local_path(uri))
        label = Label(uri=uri, destination=destination, endpoint=endpoint, variant=variant, opened_at=now)
        if len(self._files) >= MAX_OPEN:
            self._close(next(iter(self._files)))
        if self._claim is None:
            self._claim = self._make_claim()
        self._files[key] = file = SpoolFile(self._claim.folder / f"{unique_id}.jsonl", label, window)
        return file

    def _close(self, key: Key) -> None:
        file = self._files.pop(key)
        file.close()
        self._closed(file.path, file.label)

    def close(self, chosen: Callable[[Label], bool] = lambda label: True) -> None:
        """Cuts the files whose labels are chosen."""
        for key in [key for key, file in self._files.items() if chosen(file.label)]:
            self._close(key)

    def close_old(self) -> None:
        """Cuts the files whose time is over."""
        window = self._window(self._now())
        for key in [key for key, file in self._files.items() if file.window != window]:
            self._close(key)

    def labels(self) -> list[Label]:
        """Of the open files."""
        return [file.label for file in self._files.values()]

    def release(self) -> None:
        """Closes all and gives the folder up; the next record claims a new one."""
        self.close()
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.release()

    def forget(self) -> None:
        """Lets go of files and folder without a change to them: another process has them too."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        if self._claim is not None:
            with suppress(OSError):
                os.close(self._claim.lock_fd)
        self._files, self._claim = {}, None
