"""The type of a cell follows from its text."""

import polars as pl
import pytest

from leeboard.profile.reading import cells_of

INTEGRAL, FRACTIONAL, BOOLEAN, STRING = range(4)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("5", INTEGRAL),
        ("-5", INTEGRAL),
        ("+5", INTEGRAL),
        ("- 5", INTEGRAL),
        ("007", INTEGRAL),
        ("123456789012345678901234567890", INTEGRAL),
        ("5.0", FRACTIONAL),
        ("-0.25", FRACTIONAL),
        ("1e5", FRACTIONAL),
        ("1.5E-3", FRACTIONAL),
        ("+ 1.5e+3", FRACTIONAL),
        ("true", BOOLEAN),
        ("false", BOOLEAN),
        (".5", STRING),
        ("5.", STRING),
        ("NaN", STRING),
        ("Infinity", STRING),
        ("inf", STRING),
        ("1e999", STRING),
        ("1,000", STRING),
        ("0x1F", STRING),
        ("TRUE", STRING),
        ("1_000", STRING),
        ("٣", STRING),
        ("1.5e", STRING),
        ("--5", STRING),
    ],
)
@pytest.mark.parametrize("company", [[], ["1"], ["2.5"], ["1", "2.5", "x"]])
def test_the_text_of_a_cell_decides_its_type(text: str, kind: int, company: list[str]) -> None:
    alone = cells_of(pl.Series(company, dtype=pl.String)).n_by_class
    joined = cells_of(pl.Series([*company, text])).n_by_class
    first = cells_of(pl.Series([text, *company])).n_by_class
    expected = tuple(n + (i == kind) for i, n in enumerate(alone))
    assert joined == first == expected


def test_numbers_keep_the_order_of_the_rows_and_leave_out_everything_else() -> None:
    cells = cells_of(pl.Series(["3", None, "1.5", "x", "NaN", "- 2", ".5"]))
    assert cells.numbers.tolist() == [3.0, 1.5, -2.0]


def test_in_a_number_column_nan_is_missing_and_an_infinity_is_no_number() -> None:
    cells = cells_of(pl.Series([1.0, float("nan"), float("inf"), None]))
    assert (cells.n_present, cells.n_missing) == (2, 2)
    assert cells.n_by_class == (0, 1, 0, 1)
    assert cells.numbers.tolist() == [1.0]


def test_a_column_of_nulls_has_no_type() -> None:
    assert cells_of(pl.Series([None, None])).n_by_class == (0, 0, 0, 0)


def test_a_numeric_column_of_many_values_is_not_counted_value_by_value() -> None:
    assert cells_of(pl.Series(range(5000))).value_counts is None
    few = cells_of(pl.Series([1, 2, 1])).value_counts
    assert few is not None
    assert dict(zip(few.values, few.counts, strict=True)) == {"1": 2, "2": 1}
