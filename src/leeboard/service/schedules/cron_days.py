"""The two day fields of an AWS cron expression, as the days that they name in a given month.

Days of the week count from Sunday, which is 1.
"""

import re
from calendar import monthrange
from collections.abc import Callable

from leeboard.service.schedules.cron_fields import DAY_OF_MONTH, DAY_OF_WEEK, FieldError

FROM_END = re.compile(r"L(?:-([0-9]{1,2}))?")
NEAREST_WEEKDAY = re.compile(r"([0-9]{1,2})W")
LAST_OF_WEEKDAY = re.compile(r"([1-7]|[A-Z]{3})L")
NTH_OF_WEEKDAY = re.compile(r"([1-7]|[A-Z]{3})#([1-5])")
SATURDAY, SUNDAY = 7, 1

DayRule = Callable[[int, int], list[int]]
"""(year, month) -> days of that month, in order."""


def day_rule(of_month: str, of_week: str) -> DayRule:
    """The days that are named by the one of the two fields that is not `?`.

    >>> day_rule("?", "MON#1")(2026, 12)
    [7]

    Raises:
        FieldError: unless exactly one is `?`, and for a field that cannot be read.
    """
    if (of_month == "?") == (of_week == "?"):
        raise FieldError("exactly one of the day-of-month and day-of-week fields has to be ?")
    return _of_month(of_month) if of_week == "?" else _of_week(of_week)


def _of_month(text: str) -> DayRule:
    if match := FROM_END.fullmatch(text):
        n_before = int(match[1] or 0)
        if n_before > 30:
            raise DAY_OF_MONTH.error(text, "L- takes 1 to 30")
        return lambda year, month: [day for day in [_last(year, month) - n_before] if day > 0]
    if match := NEAREST_WEEKDAY.fullmatch(text):
        wanted = DAY_OF_MONTH.value(match[1])
        return lambda year, month: _nearest_weekday(year, month, wanted)
    days = DAY_OF_MONTH.values(text)
    return lambda year, month: [day for day in days if day <= _last(year, month)]


def _of_week(text: str) -> DayRule:
    if match := LAST_OF_WEEKDAY.fullmatch(text):
        last = DAY_OF_WEEK.value(match[1])
        return lambda year, month: _days_on(year, month, [last])[-1:]
    if match := NTH_OF_WEEKDAY.fullmatch(text):
        wanted, nth = DAY_OF_WEEK.value(match[1]), int(match[2])
        return lambda year, month: _days_on(year, month, [wanted])[nth - 1 : nth]
    weekdays = [SATURDAY] if text == "L" else DAY_OF_WEEK.values(text)
    return lambda year, month: _days_on(year, month, weekdays)


def _last(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _days_on(year: int, month: int, weekdays: list[int]) -> list[int]:
    return [day for day in range(1, _last(year, month) + 1) if _weekday(year, month, day) in weekdays]


def _weekday(year: int, month: int, day: int) -> int:
    first_from_monday = monthrange(year, month)[0]
    return (first_from_monday + day) % 7 + 1


def _nearest_weekday(year: int, month: int, wanted: int) -> list[int]:
    """Never in another month: from Saturday the 1st it is Monday the 3rd."""
    last = _last(year, month)
    if wanted > last:
        return []
    weekday = _weekday(year, month, wanted)
    if weekday == SATURDAY:
        return [wanted - 1 if wanted > 1 else wanted + 2]
    if weekday == SUNDAY:
        return [wanted + 1 if wanted < last else wanted - 2]
    return [wanted]
