"""Distances from the scheduled time, such as -PT6H, as AWS writes and reads them."""

import re
from datetime import timedelta

from leeboard.service.refusals import InvalidRequestError

DURATION = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?:(?P<misplaced_days>[0-9]{1,5})D)?(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,7})M)?)?"
)
LONGEST_OFFSET_TEXT = 15
SHOWN = 40
LONGEST = timedelta(days=3650)
ACCEPTED = (
    "Accepted are ISO 8601 durations of days, hours and minutes, such as -P1D, -PT6H, -P1DT12H30M or PT0H"
)


def parse_duration(text: str, member: str = "duration") -> timedelta:
    """The distance that `text` names; days behind T count, since examples of AWS have -PT2D.

    >>> parse_duration("-P1DT12H")
    datetime.timedelta(days=-2, seconds=43200)

    Args:
        member: the name of the request's field, for the message.

    Raises:
        InvalidRequestError: for any other text and for more than ten years.
    """
    match = DURATION.fullmatch(text)
    given = (
        {name: int(part) for name, part in match.groupdict().items() if part and part.isdecimal()}
        if match
        else {}
    )
    if not given:
        raise InvalidRequestError(f"{member} is {text[:SHOWN]!r}, which is no duration. {ACCEPTED}.")
    days = given.pop("days", 0) + given.pop("misplaced_days", 0)
    length = timedelta(days=days, **given)
    if length > LONGEST:
        raise InvalidRequestError(f"{member} is {text!r}, which is more than {LONGEST.days} days.")
    return -length if text.startswith("-") else length


def parse_offset(text: str, member: str = "offset") -> timedelta:
    """A StartTimeOffset or EndTimeOffset: a duration of at most 15 characters."""
    if len(text) > LONGEST_OFFSET_TEXT:
        raise InvalidRequestError(
            f"{member} is {text[:SHOWN]!r}, of {len(text)} characters, but "
            f"{LONGEST_OFFSET_TEXT} are the most. {ACCEPTED}."
        )
    return parse_duration(text, member)


def format_duration(length: timedelta) -> str:
    """The shortest text for whole minutes; what is less than a minute is left out.

    >>> format_duration(timedelta(hours=-36)), format_duration(timedelta())
    ('-P1DT12H', 'PT0H')
    """
    minutes = abs(length) // timedelta(minutes=1)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
    text = (f"{days}D" if days else "") + (f"T{time}" if time else "")
    return ("-" if text and length < timedelta() else "") + "P" + (text or "T0H")
