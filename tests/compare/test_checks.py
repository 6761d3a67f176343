import pytest

from leeboard.formats.constraints import FeatureSettings, MonitoringConfig, NumConstraints


def only(comparison):
    (finding,) = comparison.findings
    return finding


def test_the_golden_share_of_1970_in_1977_is_printed_as_aws_does(compare):
    finding = only(compare({"x": ["1"] * 1977}, {"x": ["1"] * 1970 + ["0.1"] * 7}))
    assert finding.check == "data_type_check"
    assert "Expected match: 100.0%. Observed: Only 99.64592817400101% of data is Integral." in (
        finding.description
    )
    assert (finding.observed, finding.expected) == (1970 / 1977, 1.0)
    assert finding.hint == "cells of another type: '0.1' (7)"


def test_five_point_zero_is_no_integer(checks):
    assert checks({"x": ["1", "2"] * 50}, {"x": ["1", "2.0"] * 50}) == [("x", "data_type_check")]


def test_an_integer_passes_as_fractional_but_not_in_strict_mode(checks):
    before, now = {"x": ["1.5", "2.5"] * 50}, {"x": ["1.5", "2.5"] * 49 + ["2", "1"]}
    assert checks(before, now) == []
    assert checks(before, now, strict=True) == [("x", "data_type_check")]


def test_codes_of_digits_pass_in_a_column_of_text_but_not_in_strict_mode(checks):
    before, now = {"x": ["a1", "12"] * 50}, {"x": ["a1", "12"] * 49 + ["12", "12"]}
    assert checks(before, now) == []
    assert checks(before, now, strict=True) == [("x", "data_type_check")]


def test_numbers_in_place_of_text_are_a_violation(checks):
    found = checks({"x": ["a", "b"] * 50}, {"x": ["1", "2"] * 50})
    assert ("x", "data_type_check") in found


def test_missing_cells_are_of_no_type(checks):
    assert checks({"x": ["1", None] * 50}, {"x": ["1", None] * 50}) == []


def test_one_missing_cell_breaks_a_complete_column(compare):
    finding = only(compare({"x": ["1"] * 40}, {"x": ["1"] * 39 + [None]}))
    assert finding.check == "completeness_check"
    assert finding.description.endswith(
        "Expected completeness: 100.0%. Observed: Only 97.5% of data is complete."
    )
    assert finding.hint == "1 of 40 cells are missing"


def test_an_equal_share_of_missing_cells_is_kept(checks):
    assert checks({"x": ["1", "1", None] * 10}, {"x": ["1", "1", None] * 7}) == []


def test_a_value_outside_the_domain_is_named(compare):
    finding = only(compare({"x": ["red", "blue"] * 50}, {"x": ["red", "blue"] * 49 + ["Red", "blue"]}))
    assert finding.check == "categorical_values_check"
    assert finding.description == "Value: 0.99 does not meet the constraint requirement! "
    assert "'Red' (1)" in finding.hint
    assert "'red' in another spelling" in finding.hint


def test_a_missing_and_a_new_column_are_named(compare):
    found = compare({"a": ["1"], "old_name": ["1"]}, {"a": ["1"], "old_name2": ["1"], "b": ["1"]}).findings
    assert [(f.feature_name, f.check) for f in found] == [
        ("old_name2, b", "extra_column_check"),
        ("old_name", "missing_column_check"),
    ]
    assert found[1].description.endswith("current dataset: 3, Number of columns in baseline constraints: 2")
    assert found[1].hint == "'old_name' may now be 'old_name2'"


def test_strict_mode_only_counts_columns(checks):
    assert checks({"a": ["1"], "b": ["1"]}, {"a": ["1"], "c": ["1"]}, strict=True) == []
    assert checks({"a": ["1"], "b": ["1"]}, {"a": ["1"]}, strict=True) == [("b", "missing_column_check")]


def test_a_negative_number_breaks_non_negativity_but_not_in_strict_mode(compare, checks):
    before, now = {"x": ["1", "2"] * 20}, {"x": ["1", "2"] * 19 + ["1", "-2"]}
    finding = only(compare(before, now))
    assert (finding.check, finding.observed) == ("non_negative_check", -2.0)
    assert finding.hint == "1 of 40 numbers are below 0"
    assert checks(before, now, strict=True) == []


def test_bounds_on_a_column_of_text_have_no_meaning(checks):
    def edit(constraints):
        constraints.features[0].num_constraints = NumConstraints(is_non_negative=True)

    before = {"x": ["a", "b", "-1"] * 20}
    assert checks(before, before, edit=edit) == []


def test_a_label_is_not_held_against_a_probability(compare, checks):
    before, now = {"y": ["0", "1"] * 50, "x": ["1"] * 100}, {"y": ["0.25", "0.75"] * 50, "x": ["1"] * 100}
    finding = only(compare(before, now))
    assert "Only 0.0% of data is Integral" in finding.description
    assert "role to label" in finding.hint
    assert checks(before, now, roles={"y": "label"}) == []
    assert checks(before, {"x": now["x"]}, roles={"y": "label"}) == []


def test_a_label_still_has_to_be_complete(checks):
    found = checks({"y": ["0", "1"] * 20}, {"y": ["0.2"] * 39 + [None]}, roles={"y": "label"})
    assert found == [("y", "completeness_check")]


def test_nothing_is_asked_of_an_ignored_column(checks):
    assert checks({"x": ["1"] * 9, "y": ["1"] * 9}, {"x": ["1"] * 9}, roles={"y": "ignore"}) == []
    assert checks({"x": ["1"] * 9}, {"x": ["a", None, "b"] * 3}, roles={"x": "ignore"}) == []


def test_a_file_that_is_switched_off_finds_nothing_and_says_so(compare):
    def edit(constraints):
        constraints.monitoring_config.evaluate_constraints = "Disabled"

    found = compare({"x": ["1"] * 40}, {"z": ["a"] * 40}, edit=edit)
    assert found.findings == []
    assert found.drift == []
    assert "evaluate_constraints is Disabled" in found.notes[0]


@pytest.mark.parametrize("place", ["documented_overrides", "monitoring_config_overrides"])
def test_a_column_can_be_switched_off_alone(checks, place):
    def edit(constraints):
        setattr(constraints.features[0], place, MonitoringConfig(evaluate_constraints="Disabled"))

    now = {"x": ["a"] * 40, "y": ["a"] * 40}
    assert checks({"x": ["1"] * 40, "y": ["1"] * 40}, now, edit=edit) == [("y", "data_type_check")]


def test_a_threshold_of_a_column_wins_over_that_of_the_file(checks):
    def edit(constraints):
        constraints.features[0].monitoring_config_overrides = MonitoringConfig(datatype_check_threshold=0.9)

    assert checks({"x": ["1"] * 40}, {"x": ["1"] * 38 + ["a", "b"]}, edit=edit) == []


def test_a_part_that_is_missing_is_not_checked(checks):
    def edit(constraints):
        constraints.monitoring_config = None
        constraints.features[0].completeness = None
        constraints.features[0].leeboard = FeatureSettings()

    assert checks({"x": ["1"] * 40}, {"x": ["a", None] * 20}, edit=edit) == []


def test_no_rows_break_no_promise(checks):
    assert checks({"x": ["1"] * 40}, {"x": []}) == []
