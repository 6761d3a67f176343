"""Cron times against a walk that asks each minute or day whether it is named, and reads no expression."""

import calendar
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given, settings

from leeboard.service.schedules.expressions import parse_expression

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
AWS_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
moments = st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@st.composite
def fields(draw, first, last):
    """The text of a field and the set of values that it names."""
    items = [draw(item(first, last)) for _ in range(draw(st.integers(1, 3)))]
    return ",".join(text for text, _ in items), set().union(*(values for _, values in items))


@st.composite
def item(draw, first, last):
    value, other = sorted([draw(st.integers(first, last)), draw(st.integers(first, last))])
    step = draw(st.integers(1, 7))
    return draw(
        st.sampled_from(
            [
                ("*", set(range(first, last + 1))),
                (f"{value}", {value}),
                (f"{value:02}-{other}", {each for each in range(first, last + 1) if value <= each <= other}),
                (f"{value}/{step}", {each for each in range(value, last + 1) if (each - value) % step == 0}),
                (f"*/{step}", {each for each in range(first, last + 1) if (each - first) % step == 0}),
                (
                    f"{value}-{other}/{step}",
                    {each for each in range(value, other + 1) if (each - value) % step == 0},
                ),
            ]
        )
    )


@st.composite
def days(draw):
    """The text of the days in a month, and a function that says whether a day is one."""
    n, k = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    text, values = draw(fields(1, 31))
    names, numbers = draw(fields(1, 7))
    return draw(
        st.sampled_from(
            [
                ((text, "?"), lambda day: day.day in values),
                (("L", "?"), lambda day: (day + DAY).day == 1),
                (
                    (f"L-{n}", "?"),
                    lambda day: (day + n * DAY).month == day.month and (day + (n + 1) * DAY).day == 1,
                ),
                ((f"{n + 10}W", "?"), lambda day: is_nearest_working_day(day, n + 10)),
                (("?", names), lambda day: weekday(day) in numbers),
                (("?", AWS_WEEKDAYS[n - 1]), lambda day: weekday(day) == n),
                (("?", f"{n}L"), lambda day: weekday(day) == n and (day + 7 * DAY).month != day.month),
                (("?", f"{n}#{k}"), lambda day: weekday(day) == n and (day.day + 6) // 7 == k),
            ]
        )
    )


def weekday(day):
    return day.isoweekday() % 7 + 1


def is_nearest_working_day(day, wanted):
    """In the middle of a month, where Saturday moves to Friday and Sunday to Monday."""
    moved = {calendar.SATURDAY: -1, calendar.SUNDAY: 1}
    target = day.replace(day=wanted)
    return day == target + moved.get(target.weekday(), 0) * DAY


def walk(start, step, n_steps, is_named):
    """The named times among the steps from `start`, which is left out."""
    return [at for n in range(1, n_steps + 1) if is_named(at := start + n * step)]


@settings(deadline=None, max_examples=30)
@given(fields(0, 59), fields(0, 23), moments)
def test_times_of_a_day_are_those_of_a_walk_by_minutes(minutes, hours, at):
    expression = parse_expression(f"cron({minutes[0]} {hours[0]} ? * * *)", created_at=at)
    start, end = at.replace(second=0, microsecond=0), at + timedelta(hours=30)
    expected = walk(start, MINUTE, 30 * 60, lambda time: time.minute in minutes[1] and time.hour in hours[1])
    assert expression.between(at, end, limit=10_000) == expected
    assert backwards(expression, end, at) == expected


@settings(deadline=None, max_examples=60)
@given(days(), fields(1, 12), moments)
def test_days_of_years_are_those_of_a_walk_by_days(day, months, at):
    (of_month, of_week), is_day = day
    expression = parse_expression(f"cron(30 7 {of_month} {months[0]} {of_week} *)", created_at=at)
    start = at.replace(hour=7, minute=30, second=0, microsecond=0)
    expected = walk(start, DAY, 800, lambda time: time.month in months[1] and is_day(time))
    assert expression.between(start, start + 800 * DAY, limit=10_000) == expected
    assert backwards(expression, start + 800 * DAY, start) == expected


def backwards(expression, end, start):
    """The times in (start, end], found by going back from `end`."""
    found, at = [], expression.previous_at_or_before(end)
    while at is not None and at > start:
        found.append(at)
        at = expression.previous_before(at)
    return found[::-1]


@given(st.integers(1, 5000), moments)
def test_a_rate_names_every_nth_minute_since_1970(n_minutes, at):
    expression = parse_expression(f"rate({n_minutes} minutes)", created_at=at)
    after, before = expression.next_after(at), expression.previous_before(at)
    assert before < at < after
    assert after.timestamp() % (n_minutes * 60) == before.timestamp() % (n_minutes * 60) == 0
    assert after - before in (timedelta(minutes=n_minutes), timedelta(minutes=2 * n_minutes))
    assert (after - before == 2 * timedelta(minutes=n_minutes)) == (at.timestamp() % (n_minutes * 60) == 0)
