"""Lets those who wait in this process know that something changed in the database."""

from collections.abc import Callable
from threading import Condition
from time import monotonic

LOOK_S = 0.25
"""How often to look all the same, as other processes ring no bell here."""


class Bell:
    """Rung after each change that somebody may wait for; `n_rung` counts."""

    def __init__(self) -> None:
        self._changed = Condition()
        self.n_rung = 0

    def ring(self) -> None:
        with self._changed:
            self.n_rung += 1
            self._changed.notify_all()

    def wait(self, timeout_s: float, since: int) -> None:
        """Until it has rung, or the time is over.

        Args:
            since: `n_rung` from before one looked, so that a ring between the look and this is not missed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.n_rung != since, timeout_s)

    def wait_until(self, is_so: Callable[[], bool], timeout_s: float) -> bool:
        """Whether it came true in time; looked at after each ring, and now and then."""
        end = monotonic() + timeout_s
        while True:
            before = self.n_rung
            if is_so():
                return True
            with self._changed:
                left = end - monotonic()
                if left <= 0:
                    return False
                if self.n_rung == before:
                    self._changed.wait(min(left, LOOK_S))
