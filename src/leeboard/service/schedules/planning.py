"""Which executions are due: by time, by hand, after a pause of the server, and while another still runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.expressions import Expression

MisfirePolicy = Literal["catch-up", "skip"]
MOST_COUNTED = 10_000
MOST_UNFINISHED = 2
"""One execution that runs and one that waits for it."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The scheduled times to run now, in order, and how many before them are left out.

    `n_skipped` stops at MOST_COUNTED: a schedule of minutes that slept for a year is not counted to the end.
    """

    due: list[datetime]
    n_skipped: int


def missed(
    expression: Expression,
    last_planned_at: datetime,
    now: datetime,
    *,
    policy: MisfirePolicy = "catch-up",
    limit: int = 24,
) -> Missed:
    """What came due after `last_planned_at` up to and with `now`; the newest are kept.

    Args:
        last_planned_at: the last scheduled time that was planned, or when the schedule was made or
            started again: what was missed while it was stopped is not made up.
        policy: "catch-up" runs up to `limit` of them, "skip" only the newest.
    """
    n_wanted = 1 if policy == "skip" else limit
    due: list[datetime] = []
    at = expression.previous_at_or_before(now)
    while at is not None and at > last_planned_at and len(due) < n_wanted:
        due.append(at)
        at = expression.previous_before(at)
    if at is None or at <= last_planned_at:
        return Missed(due[::-1], 0)
    return Missed(due[::-1], _count_back(expression, at, last_planned_at))


def _count_back(expression: Expression, at: datetime | None, start: datetime) -> int:
    for n in count():
        if at is None or at <= start or n == MOST_COUNTED:
            return n
        at = expression.previous_before(at)
    raise AssertionError("count() does not end")


def fired_time(expression: Expression, now: datetime, at: datetime | None = None) -> datetime:
    """The scheduled time of an execution that is started by hand.

    That is `at` if it is named; `now` for NOW, rounded up to a whole second, since windows are
    written in seconds and what was just captured belongs to it; else the next scheduled time, so
    that an hourly schedule analyses the hour under way.

    Raises:
        InvalidRequestError: if no time is named and the expression has none left.
    """
    if at is not None:
        if at.utcoffset() is None:
            raise InvalidRequestError(
                f"the time {at.isoformat()} has no zone: write it as in 2026-11-22T10:00:00Z."
            )
        return at.astimezone(UTC)
    if expression.is_once:
        return now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1 if now.microsecond else 0)
    upcoming = expression.next_after(now)
    if upcoming is None:
        raise InvalidRequestError(
            f"{expression.text} names no time after {now:%Y-%m-%dT%H:%M}Z: name the time to run for."
        )
    return upcoming


def overlap_failure(n_unfinished: int) -> str | None:
    """Why a newly scheduled execution is marked Failed at once; None if it may wait its turn.

    Args:
        n_unfinished: executions of the same schedule that came by its own times and have not ended.
            Those made up for or started by hand are neither counted nor refused.
    """
    if n_unfinished < MOST_UNFINISHED:
        return None
    return (
        f"Not run: {n_unfinished} earlier executions of this schedule had not ended when it came due, "
        f"and at most one waits. Run it by hand for this time, let the schedule fire less often, "
        f"or give the server more workers."
    )
