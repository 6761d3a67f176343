"""Durations in offsets."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.durations import format_duration, parse_duration, parse_offset


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("-PT1H", -timedelta(hours=1)),
        ("-PT0H", timedelta()),
        ("PT0M", timedelta()),
        ("-P8D", -timedelta(days=8)),
        ("-P1DT2H30M", -timedelta(days=1, hours=2, minutes=30)),
        ("+PT90M", timedelta(minutes=90)),
        ("-PT2D", -timedelta(days=2)),  # not ISO 8601, but in AWS's examples
        ("-PT2D3H", -timedelta(days=2, hours=3)),
    ],
)
def test_a_duration_is_read(text, length):
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "-P", "-P1DX", "1H", "-1H", "-P1W", "-P1M", "-P1Y", "-PT30S", "-PT1.5H", "-PT1H2H",
     "--PT1H", "- PT1H", "-pt1h", "-PT٣H", "-PT1H\n"],
)  # fmt: skip
def test_other_texts_are_refused(text):
    with pytest.raises(InvalidRequestError, match=r"DataAnalysisStartTime is .* Accepted are ISO 8601"):
        parse_duration(text, "DataAnalysisStartTime")


def test_more_than_ten_years_are_refused():
    assert parse_duration("-P3650D") == -timedelta(days=3650)
    with pytest.raises(InvalidRequestError, match="more than 3650 days"):
        parse_duration("-P3650DT1M")


def test_an_offset_has_at_most_15_characters():
    assert parse_offset("-P0008DT0003H0M") == -timedelta(days=8, hours=3)
    with pytest.raises(InvalidRequestError, match="of 16 characters, but 15 are the most"):
        parse_offset("-P0008DT0003H00M")


def test_a_long_text_is_not_repeated_whole():
    with pytest.raises(InvalidRequestError) as refusal:
        parse_duration("P" * 10_000)
    assert len(refusal.value.message) < 300


@given(st.integers(-3650 * 1440, 3650 * 1440))
def test_what_is_written_reads_back(n_minutes):
    length = timedelta(minutes=n_minutes)
    assert parse_duration(format_duration(length)) == length


def test_a_duration_is_written_short():
    lengths = [timedelta(days=-8), timedelta(hours=-6), timedelta(minutes=90), timedelta(days=-1, minutes=-5)]
    assert [format_duration(length) for length in lengths] == ["-P8D", "-PT6H", "PT1H30M", "-P1DT5M"]
