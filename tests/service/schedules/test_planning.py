"""Which executions are due."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.expressions import parse_expression
from leeboard.service.schedules.planning import Missed, fired_time, missed, overlap_failure


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc]


def parse(text):
    return parse_expression(text, created_at=utc(2026, 1, 1))


HOURLY = parse("cron(0 * ? * * *)")
EIGHT = utc(2026, 1, 1, 8)
PAST_ELEVEN = utc(2026, 1, 1, 11, 20)


def test_nothing_is_due_before_the_next_time():
    assert missed(HOURLY, EIGHT, utc(2026, 1, 1, 8, 59, 59)) == Missed([], 0)


def test_a_time_is_due_at_that_time():
    assert missed(HOURLY, EIGHT, utc(2026, 1, 1, 9)) == Missed([utc(2026, 1, 1, 9)], 0)


def test_catching_up_makes_up_for_each_time_in_order():
    assert missed(HOURLY, EIGHT, PAST_ELEVEN) == Missed([utc(2026, 1, 1, hour) for hour in (9, 10, 11)], 0)


def test_catching_up_keeps_the_newest_and_counts_the_rest():
    assert missed(HOURLY, EIGHT, PAST_ELEVEN, limit=2) == Missed(
        [utc(2026, 1, 1, hour) for hour in (10, 11)], 1
    )


def test_skipping_runs_the_newest_alone():
    assert missed(HOURLY, EIGHT, PAST_ELEVEN, policy="skip") == Missed([utc(2026, 1, 1, 11)], 2)


def test_a_year_of_minutes_is_not_counted_to_its_end():
    found = missed(parse("cron(* * ? * * *)"), utc(2025, 1, 1), utc(2026, 1, 1), limit=3)
    assert found.due == [utc(2025, 12, 31, 23, 58), utc(2025, 12, 31, 23, 59), utc(2026, 1, 1)]
    assert found.n_skipped == 10_000


def test_now_is_never_missed():
    assert missed(parse("NOW"), EIGHT, PAST_ELEVEN) == Missed([], 0)


def test_a_run_by_hand_of_an_hourly_schedule_is_for_the_hour_under_way():
    assert fired_time(HOURLY, PAST_ELEVEN) == utc(2026, 1, 1, 12)


def test_a_run_by_hand_on_the_hour_is_for_the_hour_that_begins():
    assert fired_time(HOURLY, utc(2026, 1, 1, 11)) == utc(2026, 1, 1, 12)


def test_a_run_by_hand_may_name_its_time_in_any_zone():
    tokyo = datetime(2026, 1, 1, 18, 30, tzinfo=timezone(timedelta(hours=9)))
    assert fired_time(HOURLY, PAST_ELEVEN, at=tokyo) == utc(2026, 1, 1, 9, 30)


def test_a_named_time_without_a_zone_is_refused():
    with pytest.raises(InvalidRequestError, match="has no zone"):
        fired_time(HOURLY, PAST_ELEVEN, at=datetime(2026, 1, 1, 18, 30))  # noqa: DTZ001


def test_now_is_for_this_second_and_takes_in_what_was_captured_in_it():
    assert fired_time(parse("NOW"), utc(2026, 1, 1, 11, 20, 5, 1)) == utc(2026, 1, 1, 11, 20, 6)
    assert fired_time(parse("NOW"), utc(2026, 1, 1, 11, 20, 5)) == utc(2026, 1, 1, 11, 20, 5)


def test_a_schedule_whose_years_are_past_has_to_be_given_a_time():
    with pytest.raises(InvalidRequestError, match=r"names no time after 2026-01-01T11:20Z: name the time"):
        fired_time(parse("cron(0 0 1 1 ? 2020)"), PAST_ELEVEN)


def test_one_execution_runs_one_waits_and_a_third_is_marked_failed():
    assert overlap_failure(0) is None
    assert overlap_failure(1) is None
    assert "2 earlier executions of this schedule had not ended" in overlap_failure(2)
