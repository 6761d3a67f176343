import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeboard.formats.violation_texts import (
    ParsedDescription,
    completeness_text,
    data_type_text,
    domain_text,
    drift_text,
    extra_columns_text,
    missing_columns_text,
    parse_description,
)

DATA_TYPE = (
    "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%. "
    "Observed: Only 99.64592817400101% of data is Integral."
)


def test_a_data_type_text_is_the_one_that_aws_recorded() -> None:
    assert data_type_text("Integral", 1.0, 1970 / 1977) == DATA_TYPE


def test_the_other_texts_are_worded_as_described() -> None:
    assert completeness_text(1.0, 0.975) == (
        "Completeness requirement is not met. Expected completeness: 100.0%. "
        "Observed: Only 97.5% of data is complete."
    )
    assert drift_text(0.25, 1e-4) == "Baseline drift distance: 0.25 exceeds threshold: 1.0E-4"
    assert missing_columns_text(8, 9) == (
        "There are missing columns in current dataset. Number of columns in current dataset: 8, "
        "Number of columns in baseline constraints: 9"
    )
    assert extra_columns_text(10, 9).startswith("There are extra columns in current dataset.")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (data_type_text("Integral", 1.0, 0.5), ParsedDescription(0.5, 1.0, "Integral")),
        (completeness_text(0.75, 0.5), ParsedDescription(0.5, 0.75)),
        (drift_text(0.31, 0.1), ParsedDescription(0.31, 0.1)),
        (drift_text(1e-9, 0.0), ParsedDescription(1e-9, 0.0)),
        (missing_columns_text(8, 9), ParsedDescription(8, 9)),
        (extra_columns_text(10, 9), ParsedDescription(10, 9)),
        (domain_text(0.009009009009009009), ParsedDescription(0.009009009009009009)),
        ("Value: 5.09E-4 does not meet the constraint requirement!", ParsedDescription(5.09e-4)),
    ],
)
def test_a_description_of_either_wording_is_parsed(text: str, parsed: ParsedDescription) -> None:
    assert parse_description(text) == parsed


@pytest.mark.parametrize(
    "text", ["", "Value: many does not meet", "drift distance: 1.2.3 exceeds threshold: 1"]
)
def test_any_other_text_is_not_parsed(text: str) -> None:
    assert parse_description(text) is None


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_drift_text_gives_back_its_numbers(distance: float, threshold: float) -> None:
    assert parse_description(drift_text(distance, threshold)) == ParsedDescription(distance, threshold)
