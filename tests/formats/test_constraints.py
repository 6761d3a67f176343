import json
from typing import Any

import pytest

from leeboard.formats.constraints import (
    Constraints,
    DistributionConstraints,
    FeatureConstraints,
    MonitoringConfig,
    NumConstraints,
)
from leeboard.formats.reading import read_constraints, to_json

OFF = {"evaluate_constraints": "Disabled"}


def read(**document: Any) -> Constraints:
    return read_constraints(json.dumps(document))


def drift(**settings: Any) -> DistributionConstraints:
    return DistributionConstraints.model_validate(settings)


@pytest.mark.parametrize(
    "feature",
    [
        {"monitoringConfigOverrides": OFF},
        {"monitoring_config_overrides": OFF},
        {"string_constraints": {"domains": ["a"], "monitoring_config_overrides": OFF}},
    ],
)
def test_overrides_are_read_from_all_three_places_and_written_back_there(feature: dict[str, Any]) -> None:
    document = {"version": 0.0, "features": [{"name": "a", **feature}]}
    constraints = read(**document)
    found = constraints.features[0].overrides()
    assert found is not None
    assert found.evaluate_constraints == "Disabled"
    assert json.loads(to_json(constraints)) == document


def test_a_feature_without_overrides_has_none() -> None:
    constraints = read(features=[{"name": "a", "string_constraints": {"domains": []}}])
    assert constraints.features[0].overrides() is None


def test_the_documented_place_of_overrides_goes_before_the_others() -> None:
    other = {"evaluate_constraints": "Enabled"}
    feature = {"name": "a", "monitoring_config_overrides": other, "monitoringConfigOverrides": OFF}
    found = read(features=[feature]).features[0].overrides()
    assert found is not None
    assert found.evaluate_constraints == "Disabled"


def test_a_first_generation_file_is_understood_and_written_back() -> None:
    old = {"enable_comparisons": False, "min_domain_mass": 0.9, "comparison_threshold": 0.3}
    document = {"version": 0, "features": [], "monitoring_config": {"distribution_constraints": old}}
    constraints = read(**document)
    config = constraints.monitoring_config
    assert config is not None
    assert config.distribution_constraints is not None
    assert not config.distribution_constraints.is_on
    assert config.domain_threshold == 0.9
    assert json.loads(to_json(constraints)) == document


def test_the_present_domain_threshold_goes_before_the_first_generation_one() -> None:
    config = MonitoringConfig(
        domain_content_threshold=0.5, distribution_constraints=drift(min_domain_mass=0.9)
    )
    assert config.domain_threshold == 0.5
    assert MonitoringConfig().domain_threshold is None


@pytest.mark.parametrize(
    ("settings", "is_on"),
    [
        ({}, True),
        ({"perform_comparison": "Disabled"}, False),
        ({"perform_comparison": "Enabled"}, True),
        ({"enable_comparisons": False}, False),
        ({"enable_comparisons": True}, True),
        ({"perform_comparison": "Enabled", "enable_comparisons": False}, True),
    ],
)
def test_a_drift_switch_of_either_generation_counts(settings: dict[str, Any], is_on: bool) -> None:
    assert drift(**settings).is_on is is_on


@pytest.mark.parametrize(
    ("spelling", "method"),
    [("linf_simple", "Simple"), ("linf_robust", "Robust"), ("Simple", "Simple"), ("Robust", "Robust")],
)
def test_both_spellings_of_a_method_mean_the_same_and_stay_as_they_are(spelling: str, method: str) -> None:
    settings = drift(comparison_method=spelling)
    assert settings.method == method
    assert json.loads(to_json(settings)) == {"comparison_method": spelling}


def test_settings_that_older_files_lack_have_their_documented_values() -> None:
    settings = drift(comparison_threshold=0.2)
    assert (settings.method, settings.categorical_threshold) == ("Robust", 0.1)
    assert settings.categorical_method == "LInfinity"


def test_a_threshold_of_zero_is_not_taken_for_a_missing_one() -> None:
    assert drift(categorical_comparison_threshold=0.0).categorical_threshold == 0.0


@pytest.mark.parametrize(
    "document",
    [
        {"features": [{"name": "a"}]},
        {"monitoring_config": {}},
        {"version": "1.0", "features": [{"name": "a", "inferred_type": "Unknown"}]},
        {"features": [{"name": "a", "string_constraints": {}, "num_constraints": {}}]},
    ],
)
def test_missing_parts_stay_missing(document: dict[str, Any]) -> None:
    constraints = read(**document)
    assert json.loads(to_json(constraints)) == document


def test_unknown_keys_are_kept_at_every_depth() -> None:
    document = {
        "owner": {"team": "fraud", "since": None},
        "features": [
            {"name": "a", "note": [1, {"x": True}], "num_constraints": {"is_non_negative": True, "max": 3}}
        ],
        "monitoring_config": {
            "distribution_constraints": {"later": "x"},
            "leeboard": {"decision": "threshold", "y": 1},
        },
    }
    assert json.loads(to_json(read(**document))) == document


def test_a_string_feature_may_carry_constraints_on_numbers() -> None:
    feature = {"name": "a", "inferred_type": "String", "num_constraints": {"is_non_negative": True}}
    constraints = read(features=[feature])
    assert constraints.features[0].num_constraints == NumConstraints(is_non_negative=True)
    assert json.loads(to_json(constraints)) == {"features": [feature]}


@pytest.mark.parametrize(("version", "text"), [(0, '"version": 0,'), (0.0, '"version": 0.0,')])
def test_a_version_is_written_as_it_was_spelled(version: float, text: str) -> None:
    assert text in to_json(read(version=version, features=[]))


def test_a_file_made_in_code_has_what_was_set_and_no_nulls() -> None:
    feature = FeatureConstraints(name="a", completeness=1.0, num_constraints=None)
    made = to_json(Constraints(version=0.0, features=[feature]))
    assert json.loads(made) == {"version": 0.0, "features": [{"name": "a", "completeness": 1.0}]}


def test_a_changed_setting_is_written() -> None:
    constraints = read(features=[{"name": "a"}])
    constraints.features[0].completeness = 0.5
    assert json.loads(to_json(constraints)) == {"features": [{"name": "a", "completeness": 0.5}]}
