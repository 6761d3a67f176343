"""A thread that does one thing again and again."""

import logging
from collections.abc import Callable
from threading import Event, Thread

_log = logging.getLogger(__name__)


class Repeating:
    """Does it until it is closed, whatever goes wrong in between.

    Args:
        name: of the thread, and in complaints.
        do: one time; it is given an event that is set when it should come to its end.
        every_s: from the end of one time to the next.
        first_s: before the first time; `every_s` if not given.
    """

    def __init__(
        self, name: str, do: Callable[[Event], None], *, every_s: float, first_s: float | None = None
    ) -> None:
        self._name, self._do = name, do
        self._every_s = every_s
        self._first_s = every_s if first_s is None else first_s
        self._closing = Event()
        self._thread = Thread(target=self._run, name=f"leeboard-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Waits for the time that is under way."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._closing.wait(wait_s):
            wait_s = self._every_s
            try:
                self._do(self._closing)
            except Exception:
                _log.exception("%s failed; it is tried again", self._name)
