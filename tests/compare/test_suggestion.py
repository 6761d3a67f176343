import pytest

from leeboard.compare import find, suggest_constraints
from leeboard.errors import UnknownNameError
from leeboard.formats.constraints import DriftSettings
from leeboard.formats.reading import read_constraints
from leeboard.formats.writing import to_json

TABLE = {
    "age": ["31", "42", None, "27"],
    "gain": ["-1.5", "2.0", "0.5", "3.5"],
    "color": ["red", "blue", "red", "blue"],
    "name": ["Ann", "Bo", "Cy", "Di"],
    "void": [None, None, None, None],
}


def by_name(constraints):
    return {feature.name: feature for feature in constraints.features}


def test_each_column_promises_what_it_showed(profile_of):
    found = by_name(suggest_constraints(profile_of(TABLE)))
    assert (found["age"].inferred_type, found["age"].completeness) == ("Integral", 0.75)
    assert found["age"].num_constraints.is_non_negative
    assert found["gain"].num_constraints.is_non_negative is False
    assert found["color"].num_constraints is None
    assert (found["void"].inferred_type, found["void"].completeness) == ("Unknown", 0.0)


def test_a_domain_is_suggested_for_few_values_that_come_again(profile_of):
    found = by_name(suggest_constraints(profile_of(TABLE)))
    assert sorted(found["color"].string_constraints.domains) == ["blue", "red"]
    assert found["name"].string_constraints is None


@pytest.mark.parametrize(("n_values", "is_suggested"), [(120, True), (121, False)])
def test_a_domain_holds_at_most_120_values(profile_of, n_values, is_suggested):
    profile = profile_of({"x": [f"v{i}" for i in range(n_values)] * 2})
    assert (by_name(suggest_constraints(profile))["x"].string_constraints is not None) is is_suggested


def test_a_tenth_of_the_values_may_occur_once(profile_of):
    often = [f"v{i}" for i in range(9)] * 2
    suggested = by_name(
        suggest_constraints(
            profile_of(
                {
                    "x": [
                        *often,
                        "a",
                    ]
                }
            )
        )
    )
    assert suggested["x"].string_constraints is not None
    suggested = by_name(suggest_constraints(profile_of({"x": [*often, "a", "b"]})))
    assert suggested["x"].string_constraints is None


def test_the_thresholds_are_those_of_real_aws_files(profile_of):
    config = suggest_constraints(profile_of(TABLE)).monitoring_config
    assert (config.evaluate_constraints, config.emit_metrics) == ("Enabled", "Enabled")
    assert (config.datatype_check_threshold, config.domain_content_threshold) == (1.0, 1.0)
    drift = config.distribution_constraints
    assert (drift.comparison_threshold, drift.comparison_method) == (0.1, "Robust")
    assert (drift.categorical_comparison_threshold, drift.categorical_drift_method) == (0.1, "LInfinity")


@pytest.mark.parametrize(
    ("method", "test"), [("LInfinity", "total_variation"), ("ChiSquared", "chi_squared")]
)
def test_the_drift_test_for_text_is_the_default_unless_chi_squared_is_asked_for(profile_of, method, test):
    config = suggest_constraints(profile_of(TABLE), categorical_drift_method=method).monitoring_config
    assert config.leeboard.categorical_drift_test == test
    assert config.distribution_constraints.categorical_drift_method == method


def test_a_strict_file_has_no_key_of_ours(profile_of):
    constraints = suggest_constraints(profile_of(TABLE), strict=True, roles={"age": "label"})
    assert "leeboard" not in to_json(constraints)


def test_a_role_is_written_with_its_column(profile_of):
    constraints = suggest_constraints(profile_of(TABLE), roles={"age": "label"})
    assert by_name(constraints)["age"].leeboard.role == "label"
    assert by_name(constraints)["gain"].leeboard is None


def test_a_role_for_a_column_that_is_not_there_is_an_error(profile_of):
    with pytest.raises(UnknownNameError, match="no column named 'agee', did you mean 'age'"):
        suggest_constraints(profile_of(TABLE), roles={"agee": "label"})


def test_given_drift_settings_are_kept_and_know_what_they_stand_beside(profile_of):
    constraints = suggest_constraints(profile_of(TABLE), drift=DriftSettings(false_alarm_level=0.05))
    drift = constraints.monitoring_config.leeboard
    assert (drift.false_alarm_level, drift.instead_of.comparison_threshold) == (0.05, 0.1)


def test_the_baseline_keeps_the_promises_that_were_made_from_it_also_from_the_file(profile_of):
    profile = profile_of(TABLE)
    constraints = suggest_constraints(profile)
    read_back = read_constraints(to_json(constraints))
    assert find(read_back, None, profile).findings == []
    assert read_back == constraints
