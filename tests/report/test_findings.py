import pytest

from leeboard.compare import Finding
from leeboard.formats.violation_texts import data_type_text
from leeboard.report.findings import Named, tell


@pytest.mark.parametrize(
    ("check", "observed", "expected", "promised", "seen"),
    [
        ("completeness_check", 0.88, 0.95, "at least 95% of the cells present", "88%"),
        ("data_type_check", 0.98, 1.0, "all cells of the right type", "98%"),
        ("baseline_drift_check", 0.31234, 0.05, "distance at most 0.05", "distance 0.312"),
        ("missing_column_check", 1.0, 20.0, "20 columns", "1 column"),
        ("extra_column_check", 20.0, 20.0, "20 columns", "20 columns, not the same"),
        ("non_negative_check", -3.5, 0.0, "no negative number", "minimum -3.5"),
        ("check_of_a_plugin", 2.0, 1.0, "1", "2"),
    ],
)
def test_numbers_are_told_in_words(
    check: str, observed: float, expected: float, promised: str, seen: str
) -> None:
    told = tell(Finding("x", check, "text", observed, expected))
    assert (told.promised, told.seen) == (promised, seen)


def test_the_promised_type_is_read_from_the_description() -> None:
    text = data_type_text("Integral", 1.0, 0.996)
    assert tell(Finding("x", "data_type_check", text, 0.996, 1.0)).promised == "all cells of type Integral"


def test_without_numbers_the_description_is_what_was_seen() -> None:
    told = tell(Finding("x", "completeness_check", "Value: 0.0 ", None, None))
    assert (told.promised, told.seen, told.description) == ("", "Value: 0.0 ", "Value: 0.0")


def test_a_name_with_a_comma_is_one_column_if_there_is_one() -> None:
    finding = Finding("a, b", "extra_column_check", "text", 1.0, 0.0)
    assert tell(finding, {"a, b": "c1"}).columns == (Named("a, b", "c1"),)
    assert tell(finding, {"b": "c2"}).columns == (Named("a"), Named("b", "c2"))


def test_a_violation_of_the_whole_data_set_names_no_column() -> None:
    assert tell(Finding("", "extra_column_check", "text", 9.0, 8.0)).columns == ()


def test_of_very_many_columns_the_first_are_named_and_the_others_counted() -> None:
    told = tell(Finding(", ".join(f"c{i}" for i in range(3000)), "extra_column_check", "text", 3000.0, 1.0))
    assert [column.name for column in told.columns] == [f"c{i}" for i in range(10)]
    assert told.n_more_columns == 2990
