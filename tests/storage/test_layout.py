from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from leeboard.errors import InputError
from leeboard.storage.layout import capture_key, hour_folder, hour_in, hour_of, hours_of, report_folder

UUID4 = UUID("7a1cf2b4-0f31-4d9e-8c55-3f0f9c1d2e6a")


def utc(day: int, hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    return datetime(2022, 8, day, hour, minute, second, microsecond, tzinfo=UTC)


def test_a_capture_file_is_named_by_its_first_record() -> None:
    # 871,999 microseconds are 871 whole milliseconds
    key = capture_key("s3://b/capture/", "churn", "AllTraffic", at=utc(3, 9, 5, 7, 871_999), unique_id=UUID4)
    assert key == f"s3://b/capture/churn/AllTraffic/2022/08/03/09/05-07-871-{UUID4}.jsonl"


def test_a_captured_hour_is_the_utc_hour() -> None:
    at = datetime(2022, 4, 18, 1, 20, 48, tzinfo=timezone(timedelta(hours=2)))  # 23:20 of the day before
    assert capture_key("out", "e", "v", at=at, unique_id="u") == "out/e/v/2022/04/17/23/20-48-000-u.jsonl"


def test_minutes_follow_a_zone_of_half_an_hour() -> None:
    at = datetime(2022, 4, 18, 6, 0, 1, 2000, tzinfo=timezone(timedelta(hours=5, minutes=30)))  # 00:30:01.002
    assert capture_key("out", "e", "v", at=at, unique_id="u") == "out/e/v/2022/04/18/00/30-01-002-u.jsonl"


def test_reports_go_into_the_scheduled_hour() -> None:
    folder = report_folder("s3://b/reports/", endpoint="churn", schedule="hourly", at=utc(30, 6, 4))
    assert folder == "s3://b/reports/churn/hourly/2022/08/30/06"


def test_reports_on_batch_data_have_no_endpoint() -> None:
    assert report_folder("reports", schedule="daily", at=utc(30, 0)) == "reports/daily/2022/08/30/00"


def test_an_hour_folder_can_stand_below_the_root() -> None:
    assert hour_folder("labels", at=utc(1, 23, 59, 59, 999_999)) == "labels/2022/08/01/23"


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (utc(30, 0), utc(30, 6), [0, 1, 2, 3, 4, 5]),  # the end is outside
        (utc(9, 21, 37), utc(9, 22, 37), [21, 22]),
        (utc(9, 21, 59), utc(9, 22), [21]),
        (utc(9, 21, 10), utc(9, 21, 20), [21]),
        (utc(9, 21), utc(9, 21), []),
        (utc(9, 21, 30), utc(9, 21, 30), []),
        (utc(9, 23), utc(10, 1), [23, 0]),
    ],
)
def test_the_hours_of_a_window_are_those_it_shares_time_with(
    start: datetime, end: datetime, hours: list[int]
) -> None:
    assert [hour.hour for hour in hours_of(start, end)] == hours


def test_a_week_has_168_hours() -> None:
    # -P8D to -P1D at 13:00
    hours = hours_of(utc(1, 13), utc(8, 13))
    assert (len(hours), hours[0], hours[-1]) == (168, utc(1, 13), utc(8, 12))


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="ends before it begins"):
        hours_of(utc(2, 0), utc(1, 0))


@pytest.mark.parametrize(
    ("uri", "hour"),
    [
        ("s3://b/churn/AllTraffic/2022/08/18/00/20-48-871-x.jsonl", utc(18, 0)),
        ("2022/08/18/23", utc(18, 23)),
        ("/2020/01/01/05/copy/2022/08/18/23/x", utc(18, 23)),  # the last one counts
        ("/2022/08/18/23/2022/13/40/99/x", utc(18, 23)),  # but it must be an hour
        ("/2020/2022/08/18/23/x", utc(18, 23)),
        ("C:\\capture\\2022\\08\\18\\23\\x", utc(18, 23)),
        ("s3://b/2022/08/18/x.jsonl", None),
        ("s3://b/2022/08/18/235/x", None),
        ("s3://b/12022/08/18/23/x", None),
        ("s3://b/2022/08/18/24/x", None),
        ("", None),
    ],
)
def test_the_hour_is_read_from_a_uri(uri: str, hour: datetime | None) -> None:
    assert hour_in(uri) == hour


def test_the_hour_of_a_capture_file_is_the_hour_it_was_named_for() -> None:
    at = utc(30, 23, 59, 59, 999_999)
    assert hour_in(capture_key("out", "e", "v", at=at, unique_id=UUID4)) == hour_of(at) == utc(30, 23)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = utc(1, 0).replace(tzinfo=None)
    with pytest.raises(InputError, match=r"the time 2022-08-01T00:00:00 has no zone"):
        hour_folder("out", at=naive)
    with pytest.raises(InputError, match="has no zone"):
        hours_of(naive, naive)
    with pytest.raises(InputError, match="has no zone"):
        capture_key("out", "e", "v", at=naive, unique_id=UUID4)
