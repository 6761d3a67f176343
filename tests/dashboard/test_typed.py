"""What somebody typed: values of their kinds, or what is wrong with them."""

from datetime import UTC, datetime

import pytest

from leeboard.dashboard.typed import Typed


@pytest.mark.parametrize("text", ["0", "101", "-1", "+5", "1_0", "5.0", "٣", "9" * 5_000])
def test_a_whole_number_out_of_its_range_or_of_other_signs_is_told(text: str) -> None:
    typed = Typed({"n": text})
    assert typed.whole("n", 7, 1, 100) == 7
    assert typed.errors == {"n": "expected a whole number from 1 to 100"}


def test_a_whole_number_that_is_left_out_is_the_usual_one() -> None:
    typed = Typed({"given": "042", "empty": ""})
    assert [typed.whole(name, 7, 1, 100) for name in ("given", "empty", "missing")] == [42, 7, 7]
    assert not typed.errors


def test_a_time_is_of_utc_unless_it_has_a_zone() -> None:
    typed = Typed({"local": "2026-11-26T10:00", "zoned": "2026-11-26T10:00+02:00"})
    assert typed.time("local") == datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert typed.time("zoned") == datetime(2026, 11, 26, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "noon", "0001-01-01T00:00+05:00", "9999-12-31T23:00-05:00"])
def test_what_is_no_time_of_the_years_1_to_9999_is_told(text: str) -> None:
    typed = Typed({"at": text})
    assert typed.time("at") is None
    assert typed.errors == {"at": "expected a time such as 2026-11-26T10:00"}
