"""Which violations close the gate."""

import pytest

from leeboard.errors import InputError, UnknownNameError
from leeboard.report.gate.cases import cases_of
from leeboard.report.gate.policy import policy_of


@pytest.mark.parametrize(
    ("fail_on", "n_tolerated", "passes"),
    [
        ([], 0, False),
        (["violations"], 0, False),
        (["never"], 0, True),
        (["data_type_check"], 0, True),
        (["completeness_check"], 0, False),
        (["completeness_check"], 2, True),
        (["completeness_check", "data_type_check"], 1, False),
        ([], 99, True),
    ],
)
def test_only_what_was_chosen_closes_the_gate(broken, fail_on, n_tolerated, passes):
    assert policy_of(fail_on, n_tolerated, "data-quality").passes(cases_of(broken)) is passes


def test_a_check_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'completeness_check'"):
        policy_of(["completenes_check"], 0, "data-quality")


def test_measures_can_be_chosen_in_both_spellings():
    for name in ("true_positive_rate", "truePositiveRate", "auc"):
        assert policy_of([name], 0, "model-quality").names == {name}
    assert policy_of(["DPPL"], 0, "bias").names == {"DPPL"}
    assert policy_of(["feature_attribution_drift_check"], 0, "attribution").names


def test_never_stands_alone():
    with pytest.raises(InputError, match="stand alone"):
        policy_of(["never", "completeness_check"], 0, "data-quality")


def test_a_monitor_of_another_distribution_takes_any_name():
    assert policy_of(["freshness_check"], 0, "freshness").names == {"freshness_check"}
