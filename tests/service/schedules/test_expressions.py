"""Schedule expressions: times worked out by hand, and what is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from leeboard.errors import InputError
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.expressions import parse_expression

SUNDAY = datetime(2026, 11, 22, 9, 17, tzinfo=UTC)


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc]


def parse(text, **options):
    return parse_expression(text, created_at=SUNDAY, **options)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("cron(0 * ? * * *)", [utc(2026, 11, 22, 10), utc(2026, 11, 22, 11)]),
        ("cron(0 * * * ? *)", [utc(2026, 11, 22, 10), utc(2026, 11, 22, 11)]),
        ("cron(0 0 ? * * *)", [utc(2026, 11, 23, 0), utc(2026, 11, 24, 0)]),
        ("cron(0/5 * ? * * *)", [utc(2026, 11, 22, 9, 20), utc(2026, 11, 22, 9, 25)]),
        ("cron(0 17/5 ? * * *)", [utc(2026, 11, 22, 17), utc(2026, 11, 22, 22), utc(2026, 11, 23, 17)]),
        ("cron(0/15 8-18 ? * MON-FRI *)", [utc(2026, 11, 23, 8), utc(2026, 11, 23, 8, 15)]),
        ("cron(0 9 ? * 2 *)", [utc(2026, 11, 23, 9), utc(2026, 11, 30, 9)]),  # 2 is Monday at AWS
        ("cron(0 9 ? * 1 *)", [utc(2026, 11, 29, 9)]),  # 09:00 of this Sunday is past
        (
            "cron(0 9 ? * L *)",
            [utc(2026, 11, 28, 9), utc(2026, 12, 5, 9)],
        ),  # the last day of the week, Saturday
        ("cron(0 9 ? * 6L *)", [utc(2026, 11, 27, 9), utc(2026, 12, 25, 9)]),
        ("cron(0 9 ? * MON#1 *)", [utc(2026, 12, 7, 9)]),
        ("cron(0 9 L * ? *)", [utc(2026, 11, 30, 9), utc(2026, 12, 31, 9)]),
        ("cron(0 9 L-3 * ? *)", [utc(2026, 11, 27, 9), utc(2026, 12, 28, 9)]),
        ("cron(0 9 15W * ? *)", [utc(2026, 12, 15, 9), utc(2027, 1, 15, 9), utc(2027, 2, 15, 9)]),
        ("cron(0 0 1 1 ? 2028)", [utc(2028, 1, 1)]),
        ("cron(0 0 29 2 ? *)", [utc(2028, 2, 29), utc(2032, 2, 29)]),
        ("cron(0 0 ? 2 1#5 *)", [utc(2032, 2, 29), utc(2060, 2, 29)]),  # Februaries with five Sundays
        ("rate(5 minutes)", [utc(2026, 11, 22, 9, 20), utc(2026, 11, 22, 9, 25)]),
        ("rate(1 hour)", [utc(2026, 11, 22, 10), utc(2026, 11, 22, 11)]),
        ("rate(7 days)", [utc(2026, 11, 26), utc(2026, 12, 3)]),  # Thursdays, as 1970-01-01 was
    ],
)
def test_the_times_of_an_expression_are_those_worked_out_by_hand(text, times):
    assert parse(text).between(SUNDAY, utc(2100, 1, 1), limit=len(times)) == times


def test_the_leap_day_is_found_across_the_year_2100_that_has_none():
    leap_day = parse("cron(0 0 29 2 ? *)")
    assert leap_day.next_after(utc(2096, 3, 1)) == utc(2104, 2, 29)
    assert leap_day.previous_before(utc(2104, 2, 29)) == utc(2096, 2, 29)


def test_a_second_after_the_hour_the_hour_is_the_time_before():
    hourly = parse("cron(0 * ? * * *)")
    assert hourly.previous_before(utc(2026, 11, 22, 10, 0, 1)) == utc(2026, 11, 22, 10)
    assert hourly.previous_before(utc(2026, 11, 22, 10)) == utc(2026, 11, 22, 9)
    assert hourly.previous_at_or_before(utc(2026, 11, 22, 10)) == utc(2026, 11, 22, 10)


def test_a_microsecond_before_the_hour_the_hour_is_next():
    assert parse("cron(0 * ? * * *)").next_after(utc(2026, 11, 22, 9, 59, 59, 999999)) == utc(
        2026, 11, 22, 10
    )


def test_times_of_other_zones_are_taken_as_what_they_are_in_utc():
    tokyo = datetime(2026, 11, 22, 18, 30, tzinfo=timezone(timedelta(hours=9)))
    assert parse("cron(0 * ? * * *)").next_after(tokyo) == utc(2026, 11, 22, 10)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InputError, match="no zone"):
        parse("cron(0 * ? * * *)").next_after(datetime(2026, 11, 22))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "at", "period"),
    [
        ("cron(0 * ? * * *)", utc(2026, 11, 22, 10), timedelta(hours=1)),
        ("cron(0 * ? * * *)", utc(2026, 11, 22, 10, 30), timedelta(hours=1)),
        ("cron(0 17/5 ? * * *)", utc(2026, 11, 22, 22), timedelta(hours=5)),
        ("cron(0 17/5 ? * * *)", utc(2026, 11, 22, 17), timedelta(hours=19)),
        ("cron(0 9 ? * MON-FRI *)", utc(2026, 11, 23, 9), timedelta(days=3)),
        ("cron(0 0 1 * ? *)", utc(2026, 3, 1), timedelta(days=28)),
        ("cron(0 0 1 * ? 2028)", utc(2028, 1, 1), timedelta(days=31)),
        ("cron(0 0 1 1 ? 2028)", utc(2028, 1, 1), timedelta(days=1)),
        ("rate(90 minutes)", utc(2026, 11, 22, 10, 30), timedelta(minutes=90)),
        ("NOW", utc(2026, 11, 22, 10, 30), timedelta(days=1)),
    ],
)
def test_the_period_is_the_distance_to_the_time_before(text, at, period):
    assert parse(text).period_at(at) == period


def test_between_leaves_the_start_out_takes_the_end_in_and_stops_at_the_limit():
    hourly = parse("cron(0 * ? * * *)")
    assert hourly.between(utc(2026, 1, 1, 1), utc(2026, 1, 1, 3), limit=9) == [
        utc(2026, 1, 1, 2),
        utc(2026, 1, 1, 3),
    ]
    assert hourly.between(utc(2026, 1, 1, 1), utc(2026, 1, 1, 3), limit=1) == [utc(2026, 1, 1, 2)]


def test_the_shortest_period_of_an_uneven_schedule():
    assert parse("cron(0 17/5 ? * * *)").shortest_period(SUNDAY) == timedelta(hours=5)
    assert parse("cron(0 0 1 1 ? 2028)").shortest_period(SUNDAY) is None


def test_now_is_once_and_names_no_time():
    once = parse("NOW")
    assert once.is_once
    assert once.next_after(SUNDAY) is None
    assert once.previous_before(SUNDAY) is None
    assert once.between(SUNDAY, utc(2100, 1, 1), limit=5) == []


def test_without_an_expression_it_is_daily_in_the_hour_after_the_creation():
    assert parse(None).next_after(SUNDAY) == utc(2026, 11, 22, 10)
    late = parse_expression(None, created_at=utc(2026, 11, 22, 23, 50))
    assert late.next_after(utc(2026, 11, 22, 23, 50)) == utc(2026, 11, 23, 0)


def test_an_expression_whose_years_are_past_has_no_next_time():
    past = parse("cron(0 0 1 1 ? 2020)")
    assert past.next_after(SUNDAY) is None
    assert past.previous_before(SUNDAY) == utc(2020, 1, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("cron(61 0 ? * * *)", "the minutes field is '61'"),
        ("cron(0 0 * * * *)", "exactly one of the day-of-month and day-of-week fields has to be"),
        ("cron(0 0 ? * *)", "it has 5 fields where cron has 6"),
        ("0 * * * *", r"a bare cron line has to stand in cron\( \)"),
        ("PT5M", r"such as rate\(5 minutes\)"),
        ("now", "NOW is written in capitals"),
        ("rate(0 minutes)", "a rate is from 1 minute"),
        ("rate(400 days)", "to 366 days"),
        ("rate(5 seconds)", "none of the forms"),
        ("", "none of the forms"),
        ("cron(0 * ? * * *)\n", "none of the forms"),
        ("cron(" + "0," * 200 + "0 * ? * * *)", "256 are the most"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_reason_and_the_accepted_forms(text, reason):
    with pytest.raises(InvalidRequestError, match=reason) as refusal:
        parse(text)
    assert "Accepted are cron(minutes hours" in refusal.value.message


@pytest.mark.parametrize(
    "text",
    [
        "cron(0 * ? * * *)",
        "cron(0 * * * ? *)",
        "cron(0 0 ? * * *)",
        "cron(0 23 ? * * *)",
        "cron(0 05 ? * * *)",
        "cron(0 0/1 ? * * *)",
        "cron(0 17/24 ? * * *)",
        "NOW",
        None,
    ],
)
def test_strict_mode_takes_the_expressions_of_sagemaker(text):
    assert parse(text, is_strict=True) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "cron(5 * ? * * *)",
        "cron(0/5 * ? * * *)",
        "cron(0 24 ? * * *)",
        "cron(0 0/25 ? * * *)",
        "cron(0 0/0 ? * * *)",
        "cron(0 */2 ? * * *)",
        "cron(0 0,12 ? * * *)",
        "cron(0 0 ? * MON *)",
        "cron(0 0 1 * ? *)",
        "cron(0 0 ? * * 2027)",
        "rate(1 hour)",
    ],
)
def test_strict_mode_refuses_the_rest(text):
    with pytest.raises(InvalidRequestError, match=r"Accepted in strict mode are cron\(0 \* \? \* \* \*\)"):
        parse(text, is_strict=True)
