"""Whether the disk has room for more captures."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

CHECK_S = 1.0

_log = logging.getLogger(__name__)


class Usage(Protocol):
    """What `shutil.disk_usage` gives."""

    @property
    def used(self) -> int: ...

    @property
    def free(self) -> int: ...


class DiskGauge:
    """Looks at most once a second, and tells the log when its answer changes.

    Args:
        folder: on the disk in question.
        limit: the used share of the disk above which there is no room, in [0, 1].
        usage: asks the operating system.
        seconds: a clock that does not jump.
    """

    def __init__(
        self, folder: Path, limit: float, usage: Callable[[Path], Usage], seconds: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._limit = limit
        self._usage = usage
        self._seconds = seconds
        self._asked_at_s = float("-inf")
        self._is_full = False

    def is_full(self) -> bool:
        """As it was at most a second ago."""
        at_s = self._seconds()
        if at_s - self._asked_at_s >= CHECK_S:
            self._asked_at_s = at_s
            self._look()
        return self._is_full

    def _look(self) -> None:
        usage = self._usage(self._folder)
        share = usage.used / max(usage.used + usage.free, 1)
        if (share > self._limit) != self._is_full:
            self._is_full = not self._is_full
            state = "stopped, requests are still answered" if self._is_full else "goes on"
            _log.warning(
                "capture %s: the disk of %s is %.0f%% full, the limit is %.0f%%",
                *(state, self._folder, share * 100, self._limit * 100),
            )
