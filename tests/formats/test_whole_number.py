"""Whole numbers of URLs, queries, forms and headers."""

import pytest

from leeboard.formats.whole_number import LARGEST, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("42", 42), ("007", 7), ("0" * 18, 0)])
def test_digits_are_a_number_with_leading_zeros_or_without(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " ", "-1", "+1", "1_0", " 1", "1 ", "1\n", "1.0", "1e3", "0x10", "one", "\0", "1\0", "None"]
)
def test_what_has_anything_but_digits_is_none(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize("text", ["\u0663", "\uff11", "\u00b2", "\u2460", "\u0967\u0968", "1\u0663"])
def test_digits_of_other_scripts_are_none(text: str) -> None:
    """Arabic, full width, superscript, circled, Devanagari: `isdigit` or `int` takes each of them."""
    assert whole_number(text) is None


@pytest.mark.parametrize("n_digits", [19, 31, 5_000])
def test_more_digits_than_a_row_has_are_none(n_digits: int) -> None:
    """Of 5,000 `int` itself would raise."""
    assert whole_number("1".ljust(n_digits, "0")) is None
    assert whole_number("1".rjust(n_digits, "0")) is None


def test_the_largest_fits_into_a_column_of_64_bits() -> None:
    assert whole_number("9" * 18) == LARGEST < 2**63


def test_bounds_are_inclusive() -> None:
    found = [whole_number(text, least=2, most=4) for text in "12345"]
    assert found == [None, 2, 3, 4, None]
