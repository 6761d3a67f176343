"""Closed files of a spool on the way to their destinations."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Condition

from leeboard.capture.spool.file import Label, read_content, read_label
from leeboard.errors import FormatError
from leeboard.storage import write_bytes

LONGEST_WAIT_S = 60.0

_log = logging.getLogger(__name__)


class Outbox:
    """Stores each file at the place that its label names, then deletes it; tries again until that works.

    A destination that failed is left alone for a while, longer each time. Several threads may send at once.

    Args:
        delivered: told of each file that arrived: its label, number of records, whether its end was cut.
        failed: told of each upload that failed.
        seconds: a clock that does not jump.
    """

    def __init__(
        self,
        delivered: Callable[[Label, int, bool], None],
        failed: Callable[[Label], None],
        seconds: Callable[[], float],
    ) -> None:
        self._delivered = delivered
        self._failed = failed
        self._seconds = seconds
        self._changed = Condition()
        self._waiting: dict[Path, Label] = {}
        self._on_the_way: set[Path] = set()
        self._pauses: dict[str, tuple[int, float]] = {}
        """By destination: failures in a row, and when it may be tried again."""

    def put(self, path: Path, label: Label) -> None:
        """A closed file."""
        with self._changed:
            self._waiting[path] = label

    def adopt(self, folder: Path) -> None:
        """The files that an ended process left behind."""
        for path in sorted(folder.glob("*.jsonl")):
            try:
                label = read_label(path)
            except FormatError as error:
                _set_aside(path, error)
                continue
            if label is None:
                path.unlink()  # its process died in the first line, so nothing was acknowledged
            else:
                self.put(path, label)

    def clear(self) -> None:
        """Forgets all files; they stay where they are."""
        with self._changed:
            self._waiting.clear()

    def labels(self) -> list[Label]:
        """Of all files that have not arrived."""
        with self._changed:
            return list(self._waiting.values())

    def is_empty_of(self, folder: Path) -> bool:
        """Whether no file of that folder waits here."""
        with self._changed:
            return not any(path.parent == folder for path in self._waiting)

    def send(
        self,
        endpoint: str | None = None,
        *,
        at_once: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Tries each file once, or no more of a destination that fails.

        Args:
            endpoint: only files of this one.
            at_once: also to destinations that failed a moment ago, and returns only when
                the files that another thread has under way have arrived or failed as well.
            should_stop: asked before each file.
        """
        broken: set[str] = set()
        for path, label in self._of(endpoint):
            if should_stop():
                return
            if label.destination in broken or not (at_once or self._is_due(label)):
                continue
            if self._take(path, waits=at_once) and not self._try(path, label):
                broken.add(label.destination)

    def _of(self, endpoint: str | None) -> list[tuple[Path, Label]]:
        with self._changed:
            files = [
                item for item in self._waiting.items() if endpoint is None or item[1].endpoint == endpoint
            ]
        return sorted(files, key=lambda item: item[1].opened_at)

    def _is_due(self, label: Label) -> bool:
        return self._seconds() >= self._pauses.get(label.destination, (0, 0.0))[1]

    def _take(self, path: Path, *, waits: bool) -> bool:
        with self._changed:
            while path in self._on_the_way and waits:
                self._changed.wait()
            if path in self._on_the_way or path not in self._waiting:
                return False
            self._on_the_way.add(path)
            return True

    def _try(self, path: Path, label: Label) -> bool:
        try:
            self._deliver(path, label)
        except Exception as error:  # whatever a store may raise: the next one may still work
            self._pause(path, label, error)
            return False
        else:
            self._pauses.pop(label.destination, None)
            return True
        finally:
            with self._changed:
                self._on_the_way.discard(path)
                self._changed.notify_all()

    def _deliver(self, path: Path, label: Label) -> None:
        try:
            content = read_content(path)
        except (FormatError, FileNotFoundError) as error:
            _set_aside(path, error)
            self._forget(path)
            return
        if content.body:
            write_bytes(label.uri, content.body)
        path.unlink()
        self._forget(path)
        self._delivered(label, content.body.count(b"\n"), content.is_cut)

    def _forget(self, path: Path) -> None:
        with self._changed:
            self._waiting.pop(path, None)

    def _pause(self, path: Path, label: Label, error: Exception) -> None:
        n_failures = self._pauses.get(label.destination, (0, 0.0))[0] + 1
        wait_s = min(2.0 ** (n_failures - 1), LONGEST_WAIT_S)
        self._pauses[label.destination] = (n_failures, self._seconds() + wait_s)
        _log.warning("%s did not arrive at %s, next try in %.0f s: %s", path, label.uri, wait_s, error)
        self._failed(label)


def _set_aside(path: Path, error: Exception) -> None:
    _log.error("a file of the capture spool cannot be used and is set aside: %s", error)
    if path.exists():
        path.rename(path.with_suffix(".unreadable"))
