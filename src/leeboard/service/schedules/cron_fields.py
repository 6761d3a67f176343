"""A field of an AWS cron expression, as the numbers that it names."""

import re
from dataclasses import dataclass

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
ITEM = re.compile(r"(?:\*|([0-9]{1,4}|[A-Z]{3})(?:-([0-9]{1,4}|[A-Z]{3}))?)(?:/([0-9]{1,4}))?")


class FieldError(ValueError):
    """A field that cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, its least and greatest value, and the names that stand for values.

    >>> MINUTES.values("0/20,55-2")
    [0, 1, 2, 20, 40, 55, 56, 57, 58, 59]
    """

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    may_wrap: bool = True

    def values(self, text: str) -> list[int]:
        """The values of a list of items, each a value, a range or `*`, with or without a step; in order."""
        return sorted({value for item in text.split(",") for value in self._of_item(item, text)})

    def value(self, text: str) -> int:
        """One value, as a number or by name."""
        number = self.names.index(text) + self.first if text in self.names else -1
        number = int(text) if text.isdecimal() else number
        if not self.first <= number <= self.last:
            raise self.error(text)
        return number

    def error(self, text: str, reason: str = "") -> FieldError:
        """What this field takes, instead of `text`."""
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        takes = reason or f"it takes {self.first} to {self.last}{names}, with * , - and /"
        return FieldError(f"the {self.name} field is {text!r}, but {takes}")

    def _of_item(self, item: str, text: str) -> list[int]:
        match = ITEM.fullmatch(item)
        if match is None:
            raise self.error(text)
        begin, end, every = match.groups()
        step = int(every) if every else 1
        size = self.last - self.first + 1
        if not 1 <= step <= size:
            raise self.error(text, f"a step is 1 to {size}")
        start = self.value(begin) if begin else self.first
        stop = self.value(end) if end else start if begin and not every else self.last
        if stop < start:
            if not self.may_wrap:
                raise self.error(text, "the range ends before it begins")
            stop += size
        return [(value - self.first) % size + self.first for value in range(start, stop + 1, step)]


MINUTES = Field("minutes", 0, 59)
HOURS = Field("hours", 0, 23)
DAY_OF_MONTH = Field("day-of-month", 1, 31)
MONTH = Field("month", 1, 12, MONTHS)
DAY_OF_WEEK = Field("day-of-week", 1, 7, WEEKDAYS)
YEAR = Field("year", 1970, 2199, may_wrap=False)
