"""When a schedule that is being made would run, and which windows its first runs would read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leeboard.service.refusals import RefusalError
from leeboard.service.schedules.expressions import parse_expression
from leeboard.service.schedules.windows import window_of
from leeboard.service.views.wording import in_words, window_in_words

N_NEXT = 3
REACH = timedelta(days=366 * 5)
"""An expression that names no time until then names none, for all that a form can tell."""


@dataclass(frozen=True, slots=True)
class Planned:
    """When a schedule would run: in words, and its next times with the window of each.

    Attributes:
        times: of a run, and of the begin and the end of its window.
        reason: why it cannot; nothing else is known then.
    """

    words: str = ""
    window: str = ""
    times: tuple[tuple[datetime, datetime, datetime], ...] = ()
    reason: str = ""


def planned(
    expression: str, now: datetime, *, start: str | None, end: str | None, is_strict: bool = False
) -> Planned:
    """What an expression with these offsets means."""
    try:
        read = parse_expression(expression, created_at=now, is_strict=is_strict)
        if read.is_once:
            return Planned(reason="NOW runs once; give it times to run at")
        times = []
        for at in read.between(now, now + REACH, N_NEXT):
            window = window_of(
                at, read.period_at(at), start_offset=start, end_offset=end, is_strict=is_strict
            )
            times.append((at, window.start_at, window.end_at))
        if not times:
            return Planned(reason=f"{expression} names no time in the next five years")
        words = window_in_words(read.period_at(times[0][0]), start, end)
        return Planned(in_words(expression), words, tuple(times))
    except RefusalError as error:
        return Planned(reason=error.message)
