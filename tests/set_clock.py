"""A clock for what takes `now` as a function."""

from datetime import datetime


class SetClock:
    """Tells the time that a test sets.

    Attributes:
        at: that time.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
