"""The three ways to name times: cron, a fixed rate, and once.

Each gives the time strictly after and the time strictly before a UTC time, None where there is none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, Self

from leeboard.service.schedules.cron_days import DayRule, day_rule
from leeboard.service.schedules.cron_fields import HOURS, MINUTES, MONTH, YEAR, FieldError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
CALENDAR_MONTHS = 40 * 12 + 1
"""In these, days of the week, leap days and the year 2100 meet in every way."""


class Timing(Protocol):
    """What names times."""

    def after(self, at: datetime) -> datetime | None:
        """The first time after `at`."""

    def before(self, at: datetime) -> datetime | None:
        """The last time before `at`."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Times of an AWS cron expression: some times of day, on some days.

    Args:
        times: since midnight, in order.
        days: which days of a month.
        months: numbers of the months.
        years: which years.
    """

    times: list[timedelta]
    days: DayRule
    months: frozenset[int]
    years: frozenset[int]

    @classmethod
    def of(cls, text: str) -> Self:
        """Reads the six fields.

        Raises:
            FieldError: if there are not six, or one cannot be read.
        """
        fields = text.upper().split()
        if len(fields) != 6:
            raise FieldError(f"it has {len(fields)} fields where cron has 6")
        minutes, hours = MINUTES.values(fields[0]), HOURS.values(fields[1])
        times = [timedelta(hours=hour, minutes=minute) for hour in hours for minute in minutes]
        months, years = MONTH.values(fields[3]), YEAR.values(fields[5])
        return cls(times, day_rule(fields[2], fields[4]), frozenset(months), frozenset(years))

    def after(self, at: datetime) -> datetime | None:
        """None where no year is left, and for days that never come, such as the 30th of February."""
        for day in self._days_from(at, 1):
            n_past = bisect_right(self.times, at - day)
            if n_past < len(self.times):
                return day + self.times[n_past]
        return None

    def before(self, at: datetime) -> datetime | None:
        """As `after`, backwards."""
        for day in self._days_from(at, -1):
            n_past = bisect_left(self.times, at - day)
            if n_past:
                return day + self.times[n_past - 1]
        return None

    def _days_from(self, at: datetime, step: Literal[1, -1]) -> Iterator[datetime]:
        """The named days from that of `at` on, or back from it, at midnight."""
        first = at.year * 12 + at.month - 1
        for number in range(first, first + step * CALENDAR_MONTHS, step):
            year, month = number // 12, number % 12 + 1
            if year not in self.years or month not in self.months:
                continue
            for day in self.days(year, month)[::step]:
                midnight = datetime(year, month, day, tzinfo=UTC)
                if midnight <= at if step < 0 else midnight + ONE_DAY > at:
                    yield midnight


@dataclass(frozen=True, slots=True)
class Rate:
    """Times at a fixed distance, counted from 1970-01-01T00:00Z so that they do not hang on the creation."""

    every: timedelta

    def after(self, at: datetime) -> datetime | None:
        """Never None."""
        return EPOCH + ((at - EPOCH) // self.every + 1) * self.every

    def before(self, at: datetime) -> datetime | None:
        """Never None."""
        return EPOCH - ((EPOCH - at) // self.every + 1) * self.every


@dataclass(frozen=True, slots=True)
class Once:
    """No times of its own: it is run when it is made."""

    def after(self, at: datetime) -> datetime | None:
        """None."""
        return None

    def before(self, at: datetime) -> datetime | None:
        """None."""
        return None
