"""Windows: every row and example of what AWS does, and what differs in strict mode."""

from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.windows import window_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc]


def times(window):
    return window.start_at, window.end_at


def hours(window):
    return [hour.hour for hour in window.hours]


SIX = utc(2022, 8, 30, 6)


def test_an_hourly_run_reads_the_hour_before():
    window = window_of(utc(2021, 5, 18, 1), HOUR)
    assert times(window) == (utc(2021, 5, 18, 0), utc(2021, 5, 18, 1))
    assert window.hours == (utc(2021, 5, 18, 0),)


def test_a_run_of_every_few_hours_reads_the_hours_since_the_one_before():
    assert hours(window_of(SIX, 4 * HOUR)) == [2, 3, 4, 5]


def test_a_daily_run_reads_24_folders_from_its_hour_of_the_day_before():
    window = window_of(utc(2020, 2, 20, 5), DAY)
    assert times(window) == (utc(2020, 2, 19, 5), utc(2020, 2, 20, 5))
    assert hours(window) == [*range(5, 24), *range(5)]


def test_offsets_reach_back_for_a_week_that_ended_a_day_ago():
    window = window_of(utc(2020, 1, 9, 13), HOUR, start_offset="-P8D", end_offset="-P1D")
    assert times(window) == (utc(2020, 1, 1, 13), utc(2020, 1, 8, 13))
    assert len(window.hours) == 168


def test_offsets_up_to_the_scheduled_time_leave_its_own_hour_out():
    window = window_of(SIX, HOUR, start_offset="-PT6H", end_offset="-PT0H")
    assert times(window) == (utc(2022, 8, 30, 0), SIX)
    assert hours(window) == [0, 1, 2, 3, 4, 5]


def test_strict_mode_reads_the_end_hour_of_offsets_whole():
    window = window_of(SIX, HOUR, start_offset="-PT6H", end_offset="-PT0H", is_strict=True)
    assert hours(window) == [0, 1, 2, 3, 4, 5, 6]
    assert window.start_at <= utc(2022, 8, 30, 6, 4, 56) < window.end_at == utc(2022, 8, 30, 7)


def test_strict_mode_without_offsets_reads_the_hour_before_alone():
    window = window_of(SIX, HOUR, is_strict=True)
    assert times(window) == (utc(2022, 8, 30, 5), SIX)
    assert hours(window) == [5]


def test_strict_mode_reads_whole_folders_off_the_hour():
    window = window_of(utc(2023, 11, 9, 22, 37), HOUR, is_strict=True)
    assert times(window) == (utc(2023, 11, 9, 21), utc(2023, 11, 9, 23))
    assert hours(window) == [21, 22]


def test_a_missing_start_offset_is_one_period():
    assert times(window_of(SIX, 6 * HOUR, end_offset="-PT2H")) == (utc(2022, 8, 30, 0), utc(2022, 8, 30, 4))


def test_a_missing_end_offset_is_the_scheduled_time():
    assert times(window_of(SIX, HOUR, start_offset="-PT3H")) == (utc(2022, 8, 30, 3), SIX)


def test_one_offset_is_enough_for_strict_mode_to_read_the_end_hour():
    assert hours(window_of(SIX, HOUR, start_offset="-PT2H", is_strict=True)) == [4, 5, 6]


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_run_off_the_hour_reads_both_folders_that_its_window_touches(is_strict):
    window = window_of(
        utc(2023, 11, 9, 22, 37), DAY, analysis_start="-PT1H", analysis_end="-PT0H", is_strict=is_strict
    )
    assert hours(window) == [21, 22]
    assert window.warnings == ()


def test_the_window_of_now_is_cut_to_the_minute_by_default():
    window = window_of(utc(2023, 11, 9, 22, 37), DAY, analysis_start="-PT1H", analysis_end="-PT0H")
    assert times(window) == (utc(2023, 11, 9, 21, 37), utc(2023, 11, 9, 22, 37))


def test_a_run_of_minutes_reads_its_minutes_in_one_folder():
    window = window_of(utc(2026, 1, 1, 10, 10), timedelta(minutes=5))
    assert times(window) == (utc(2026, 1, 1, 10, 5), utc(2026, 1, 1, 10, 10))
    assert window.hours == (utc(2026, 1, 1, 10),)


def test_analysis_times_win_over_offsets_with_a_warning():
    window = window_of(
        SIX, HOUR, start_offset="-PT6H", end_offset="-PT0H", analysis_start="-PT5H", analysis_end="-PT1H"
    )
    assert times(window) == (utc(2022, 8, 30, 1), utc(2022, 8, 30, 5))
    assert window.warnings == (
        "StartTimeOffset and EndTimeOffset of the input are not used: "
        "the schedule has DataAnalysisStartTime and DataAnalysisEndTime",
    )


def test_one_analysis_time_puts_both_offsets_out_of_use():
    window = window_of(SIX, HOUR, start_offset="-PT6H", end_offset="-PT4H", analysis_start="-PT2H")
    assert times(window) == (utc(2022, 8, 30, 4), SIX)
    assert "EndTimeOffset" in window.warnings[0]


@pytest.mark.parametrize(
    "offsets",
    [
        {"start_offset": "-PT1H", "end_offset": "-PT2H"},
        {"start_offset": "-PT1H", "end_offset": "-PT1H"},
        {"end_offset": "-PT2H"},  # the default start is one hour back
    ],
)
def test_a_window_without_time_is_refused(offsets):
    with pytest.raises(InvalidRequestError, match="the window holds no time"):
        window_of(SIX, HOUR, **offsets)


def test_in_strict_mode_equal_ends_are_the_one_hour_folder():
    assert hours(window_of(SIX, HOUR, start_offset="-PT1H", end_offset="-PT1H", is_strict=True)) == [5]
