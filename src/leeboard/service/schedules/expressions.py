"""Schedule expressions: what is accepted, and the times that they name."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from leeboard.errors import InputError
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.cron_fields import FieldError
from leeboard.service.schedules.timings import ONE_DAY, Cron, Once, Rate, Timing

NOW = "NOW"
LEAST_STEP = timedelta(microseconds=1)
LONGEST_TEXT = 256
LONGEST_RATE = timedelta(days=366)
CRON = re.compile(r"cron\((.*)\)")
RATE = re.compile(r"rate\( *([0-9]{1,6}) +(minute|hour|day)s? *\)")
STRICT = re.compile(
    r"NOW|cron\(0 (?:\*|(?:[01]?[0-9]|2[0-3])(?:/(?:0?[1-9]|1[0-9]|2[0-4]))?) (?:\? \* \*|\* \* \?) \*\)"
)
ACCEPTED = (
    "Accepted are cron(minutes hours day-of-month month day-of-week year) in UTC, such as cron(0 * ? * * *) "
    "or cron(0/5 * ? * * *), rate(N minutes|hours|days), and NOW"
)
ACCEPTED_STRICTLY = (
    "Accepted in strict mode are cron(0 * ? * * *), cron(0 H ? * * *) and cron(0 H/K ? * * *) "
    "with H from 0 to 23 and K from 1 to 24, and NOW; without strict mode any cron or rate(N minutes) is"
)
PERIODS_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Expression:
    """The times of a schedule, all in UTC.

    >>> evening = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    >>> parse_expression("cron(0 17/5 ? * * *)", created_at=evening).next_after(evening)
    datetime.datetime(2026, 11, 23, 17, 0, tzinfo=datetime.timezone.utc)
    """

    text: str
    timing: Timing = field(compare=False, repr=False)

    @property
    def is_once(self) -> bool:
        """Whether this is NOW: run once, when the schedule is made."""
        return isinstance(self.timing, Once)

    def next_after(self, at: datetime) -> datetime | None:
        """The first scheduled time after `at`; None for NOW and where no year is left."""
        return self.timing.after(_utc(at))

    def previous_before(self, at: datetime) -> datetime | None:
        """The last scheduled time before `at`."""
        return self.timing.before(_utc(at))

    def previous_at_or_before(self, at: datetime) -> datetime | None:
        """The last scheduled time that is not after `at`."""
        return self.previous_before(at + LEAST_STEP)

    def between(self, start: datetime, end: datetime, limit: int) -> list[datetime]:
        """The scheduled times after `start` up to and with `end`, in order, at most the first `limit`."""
        found: list[datetime] = []
        at = self.next_after(start)
        while at is not None and at <= end and len(found) < limit:
            found.append(at)
            at = self.next_after(at)
        return found

    def period_at(self, at: datetime) -> timedelta:
        """The distance from the scheduled time before to the scheduled time `at`.

        A time between two scheduled ones has the period that it lies in. The first time ever has
        the period after it, and NOW, or a single time, has one day.
        """
        end = self.next_after(at - LEAST_STEP)
        start = self.previous_before(at)
        if end is None or start is None:
            later = self.next_after(end) if end else None
            return later - end if end and later else ONE_DAY
        return end - start

    def shortest_period(self, at: datetime) -> timedelta | None:
        """The least distance of the next hundred times after `at`; None if fewer than two are left."""
        times = [self.next_after(at)]
        while (last := times[-1]) is not None and len(times) <= PERIODS_LOOKED_AT:
            times.append(self.next_after(last))
        return min((end - start for start, end in pairwise(times) if start and end), default=None)


def parse_expression(text: str | None, *, created_at: datetime, is_strict: bool = False) -> Expression:
    """The expression of a schedule.

    Args:
        text: as in ScheduleConfig; None if the schedule has none, which means daily.
        created_at: of the schedule: without an expression it runs in the hour after that of its creation.
        is_strict: whether SageMaker's own narrow rule holds.

    Raises:
        InvalidRequestError: for anything else, saying what is accepted.
    """
    if text is None:
        text = f"cron(0 {(_utc(created_at).hour + 1) % 24} ? * * *)"
    if len(text) > LONGEST_TEXT:
        raise _refusal(text[:40] + "...", f"it has {len(text)} characters where {LONGEST_TEXT} are the most")
    if is_strict and not STRICT.fullmatch(text):
        reason = "it is not an hour of SageMaker's narrow rule"
        raise InvalidRequestError(f"ScheduleExpression {text!r} is not valid: {reason}. {ACCEPTED_STRICTLY}.")
    return Expression(text, _timing(text))


def _timing(text: str) -> Timing:
    if text == NOW:
        return Once()
    if match := CRON.fullmatch(text):
        try:
            return Cron.of(match[1])
        except FieldError as error:
            raise _refusal(text, str(error)) from error
    if match := RATE.fullmatch(text):
        every = timedelta(**{f"{match[2]}s": int(match[1])})
        if not timedelta() < every <= LONGEST_RATE:
            raise _refusal(text, f"a rate is from 1 minute to {LONGEST_RATE.days} days")
        return Rate(every)
    raise _refusal(text, _what_it_looks_like(text))


def _what_it_looks_like(text: str) -> str:
    if len(text.split()) in (5, 6) and "(" not in text:
        return "a bare cron line has to stand in cron( ) with six fields"
    if text.lstrip("+-").startswith("P"):
        return "a duration is written as a rate, such as rate(5 minutes)"
    if text.upper() == NOW:
        return "NOW is written in capitals"
    return "it is none of the forms"


def _refusal(text: str, reason: str) -> InvalidRequestError:
    return InvalidRequestError(f"ScheduleExpression {text!r} is not valid: {reason}. {ACCEPTED}.")


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise InputError(
            f"the time {at.isoformat()} has no zone: give it one, as in datetime(..., tzinfo=UTC)"
        )
    return at.astimezone(UTC)
