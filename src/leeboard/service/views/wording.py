"""Schedules in plain words: when they run, and which window a run reads."""

import re
from datetime import timedelta

from leeboard.errors import LeeboardError
from leeboard.service.schedules.durations import parse_duration, parse_offset

DAYS = {"SUN": "Sunday", "MON": "Monday", "TUE": "Tuesday", "WED": "Wednesday", "THU": "Thursday",
        "FRI": "Friday", "SAT": "Saturday", "1": "Sunday", "2": "Monday", "3": "Tuesday", "4": "Wednesday",
        "5": "Thursday", "6": "Friday", "7": "Saturday"}  # fmt: skip
CRON = re.compile(r"cron\(\s*(.*?)\s*\)")
RATE = re.compile(r"rate\( *([0-9]+) +(minute|hour|day)s? *\)")
NUMBER = re.compile(r"[0-9]{1,2}")
EVERY = re.compile(r"(?:\*|0{1,2})/([0-9]{1,2})")
ANY = ("*", "?")
HOUR_S, DAY_S, MINUTE_S = 3600, 86_400, 60


def in_words(expression: str | None) -> str:
    """When a schedule runs; an expression that has no plain words stays as it is.

    >>> in_words("cron(0 * ? * * *)"), in_words("cron(0/5 * ? * * *)"), in_words("cron(30 17 ? * MON-FRI *)")
    ('every hour at :00', 'every 5 minutes', 'at 17:30, Monday to Friday')
    >>> in_words("cron(0 8/6 ? * * *)"), in_words("rate(1 day)"), in_words(None), in_words("NOW")
    ('every 6 hours from 08:00', 'every day', 'every day', 'once')
    """
    if expression is None:
        return "every day"
    if expression == "NOW":
        return "once"
    if found := RATE.fullmatch(expression):
        return f"every {found[2]}" if found[1] == "1" else f"every {int(found[1])} {found[2]}s"
    fields = found[1].upper().split() if (found := CRON.fullmatch(expression)) else []
    if len(fields) != 6:
        return expression
    minute, hour, day, month, weekday, year = fields
    time, days = _time(minute, hour), _days(day, weekday)
    if time is None or days is None or month not in ANY or year not in ANY:
        return expression
    return f"{time}, {days}" if days else f"{time} every day" if time.startswith("at ") else time


def _time(minute: str, hour: str) -> str | None:
    if (minute in ANY or (steps := EVERY.fullmatch(minute))) and hour in ANY:
        return "every minute" if minute in ANY else _steps(steps[1], "minute")  # type: ignore[index]
    if not NUMBER.fullmatch(minute):
        return None
    if hour in ANY:
        return f"every hour at :{int(minute):02}"
    if NUMBER.fullmatch(hour):
        return f"at {int(hour):02}:{int(minute):02}"
    start, slash, step = hour.partition("/")
    if slash and NUMBER.fullmatch(step) and (start in ANY or NUMBER.fullmatch(start)):
        first = 0 if start in ANY else int(start)
        return f"{_steps(step, 'hour')} from {first:02}:{int(minute):02}"
    return None


def _steps(step: str, unit: str) -> str:
    return f"every {unit}" if int(step) == 1 else f"every {int(step)} {unit}s"


def _days(day: str, weekday: str) -> str | None:
    if day in ANY and weekday in ANY:
        return ""
    if weekday in ANY and NUMBER.fullmatch(day):
        return f"on day {int(day)} of the month"
    if day not in ANY:
        return None
    names = [DAYS.get(part) for part in re.split("[-,]", weekday)]
    if None in names:
        return None
    texts = [str(name) for name in names]
    if "-" in weekday:
        return f"{texts[0]} to {texts[1]}" if len(texts) == 2 else None
    return f"on {' and '.join(texts)}"


def window_in_words(
    period: timedelta, start_offset: str | None, end_offset: str | None, *,
    analysis_start: str | None = None, analysis_end: str | None = None,
) -> str:  # fmt: skip
    """Which window a run reads, from its scheduled time.

    >>> window_in_words(timedelta(hours=1), None, None)
    'reads the hour before'
    >>> window_in_words(timedelta(hours=1), "-PT2H", "-PT1H")
    'reads from 2 hours before to 1 hour before'
    """
    try:
        start, end = _offsets(start_offset, end_offset, analysis_start, analysis_end)
    except LeeboardError:
        return "reads a window that cannot be told"
    start = -period if start is None else start
    end = timedelta() if end is None else end
    if not end:
        length = _length(-start)
        return f"reads the {length.removeprefix('1 ')} before"
    return f"reads from {_length(-start)} before to {_beyond(end)}"


def _offsets(
    start: str | None, end: str | None, analysis_start: str | None, analysis_end: str | None
) -> tuple[timedelta | None, timedelta | None]:
    if analysis_start or analysis_end:
        return (
            parse_duration(analysis_start, "DataAnalysisStartTime") if analysis_start else None,
            parse_duration(analysis_end, "DataAnalysisEndTime") if analysis_end else None,
        )
    return (
        parse_offset(start, "StartTimeOffset") if start else None,
        parse_offset(end, "EndTimeOffset") if end else None,
    )


def _beyond(end: timedelta) -> str:
    return f"{_length(-end)} before" if end < timedelta() else f"{_length(end)} after"


def _length(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for unit_s, name in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute"), (1, "second")):
        if seconds % unit_s == 0:
            n = seconds // unit_s
            return f"{n} {name}" if n == 1 else f"{n} {name}s"
    return f"{seconds} seconds"
