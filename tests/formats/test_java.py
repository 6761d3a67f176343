import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeboard.formats import java_double


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (99.64592817400101, "99.64592817400101"),
        (5.09e-4, "5.09E-4"),
        (100.0, "100.0"),
        (1e7, "1.0E7"),
        (9999999.0, "9999999.0"),
        (0.001, "0.001"),
        (0.00099, "9.9E-4"),
        (12345678.9, "1.23456789E7"),
        (1e23, "1.0E23"),
        (-2.5e-10, "-2.5E-10"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (5e-324, "4.9E-324"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (3, "3.0"),
    ],
)
def test_numbers_are_printed_as_java_prints_them(number: float, text: str) -> None:
    assert java_double(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_double_reads_back_as_itself(number: float) -> None:
    assert float(java_double(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_there_is_always_a_fraction_and_an_exponent_only_outside_the_plain_range(number: float) -> None:
    text = java_double(number)
    is_plain = number == 0 or 1e-3 <= abs(number) < 1e7
    assert "." in text
    assert ("E" not in text) == is_plain
