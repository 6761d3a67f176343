"""Chance or not: limits of measures that have deviations."""

import pytest

from leeboard.measures.quality.evidence import is_explained, standard_error


def test_samples_of_four_fifths_have_half_the_standard_error():
    assert standard_error(0.01) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("distance", "now", "baseline", "confidence", "n_limits", "wanted"),
    [
        # one limit, exact baseline: t(4 degrees, 0.95) = 2.132, times 2 * 0.01
        (0.0426, 0.01, None, 0.95, 1, True),
        (0.0427, 0.01, None, 0.95, 1, False),
        # both uncertain alike: t(8, 0.95) = 1.860, times sqrt(2) * 0.02
        (0.0525, 0.01, 0.01, 0.95, 1, True),
        (0.0527, 0.01, 0.01, 0.95, 1, False),
        # ten limits: t(4, 0.995) = 4.604
        (0.0920, 0.01, None, 0.95, 10, True),
        (0.0922, 0.01, None, 0.95, 10, False),
        (0.0001, 0.0, 0.0, 0.95, 1, False),  # no uncertainty at all
        (0.0427, 0.01, float("nan"), 0.95, 1, False),
    ],
)
def test_a_measure_is_worse_beyond_what_chance_explains(
    distance, now, baseline, confidence, n_limits, wanted
):
    found = is_explained(distance, now=now, baseline=baseline, confidence=confidence, n_limits=n_limits)
    assert found is wanted
