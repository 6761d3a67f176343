"""What counts as worse, with intervals and without."""

import pytest

from leeboard.formats.analysis import BiasExtension, BiasMetric
from leeboard.measures.bias.comparison import _Rule
from leeboard.measures.bias.measures import MEASURES
from leeboard.measures.bias.results import Measured


def verdict(now, was, *, name="DPPL", ends=(None, None), before=None, confidence=0.95):
    told = BiasExtension(low=before[0], high=before[1]) if before else None
    entry = BiasMetric(name=name, value=was, leeboard=told) if told else BiasMetric(name=name, value=was)
    measured = Measured(MEASURES[name], now, low=ends[0], high=ends[1])
    return _Rule(confidence, False).verdict(measured, entry)


@pytest.mark.parametrize(
    ("now", "was", "ends", "before", "wanted"),
    [
        (0.2, 0.1, (None, None), None, "worse"),  # no interval: the value decides
        (0.2, 0.1, (0.12, 0.28), None, "worse"),  # an exact baseline is below the interval
        (0.2, 0.1, (0.05, 0.35), None, "uncertain"),
        # 0.2 - 0.1 = 0.1 against sqrt(0.08^2 + 0.07^2) = 0.106: both are uncertain
        (0.2, 0.1, (0.12, 0.28), (0.03, 0.17), "uncertain"),
        # against sqrt(0.08^2 + 0.05^2) = 0.094
        (0.2, 0.1, (0.12, 0.28), (0.05, 0.15), "worse"),
        # an interval over 0 comes as near to no bias as can be: 0.2 - 0.1 against 0.2
        (0.2, 0.1, (-0.02, 0.42), None, "uncertain"),
        (-0.2, 0.1, (-0.28, -0.12), None, "worse"),  # the other side counts alike
        (0.1, 0.2, (0.0, 0.2), None, "kept"),
    ],
)
def test_a_difference_is_worse_if_its_change_is_beyond_chance(now, was, ends, before, wanted):
    assert verdict(now, was, ends=ends, before=before) == wanted


def test_a_ratio_is_judged_by_its_logarithm():
    # ln 0.5 = -0.69 and ln 0.8 = -0.22: 0.47 farther, the interval is 0.41 (to 0.75) wide on this side
    assert verdict(0.5, 0.8, name="DI", ends=(0.35, 0.75)) == "worse"
    assert verdict(0.5, 0.8, name="DI", ends=(0.35, 0.85)) == "uncertain"
    assert verdict(2.0, 0.8, name="DI", ends=(1.3, 3.0)) == "worse"
