import doctest

import pytest

from leeboard.report import words
from leeboard.report.charts import drawing, sparkline


@pytest.mark.parametrize("module", [words, drawing, sparkline])
def test_examples_in_the_text_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_letters_of_any_script_stay_as_they_are() -> None:
    assert words.visible("ünïcödé שלום 日本語 👩‍👧") == "ünïcödé שלום 日本語 👩‍👧"


def test_a_blank_name_can_still_be_pointed_at() -> None:
    assert words.named("") == "“” (blank)"


def test_a_share_just_below_one_is_not_called_all() -> None:
    assert words.percent(0.99999) == ">99.99%"
    assert words.percent(0.9999) == "99.99%"
    assert words.percent(0.0) == "0%"


def test_clipping_keeps_the_length() -> None:
    assert words.clipped("abcdef", 4) == "abc…"
    assert words.clipped("abcd", 4) == "abcd"
