"""The numeric distance as AWS computes it: each value counts once, however often it occurs."""

import numpy as np

from leeboard.compare.distributions.kinds import Numeric
from leeboard.compare.distributions.steps import robust, steps_of
from leeboard.compare.drift import NUMERIC, DriftTest


def distance(baseline: Numeric, current: Numeric) -> float:
    """In [0, 1]; 0 if one column is empty.

    A defect of Deequ 2.0.2 that strict mode keeps: the sketches become maps from value to
    weight, where a repeated value overwrites itself, so a column of zeros and ones that moves
    from 10% to 90% ones gives 0.
    """
    old, new = _collapsed(baseline), _collapsed(current)
    return steps_of(old, new).largest_gap if old.n and new.n else 0.0


def p_value(baseline: Numeric, current: Numeric) -> float:
    """Always 1: a distance that forgets how often values occur is evidence of nothing."""
    return 1.0


def robust_distance(baseline: Numeric, current: Numeric) -> float:
    """In [0, 1]; the sizes of the samples are those of the collapsed maps, too."""
    return robust(distance(baseline, current), _collapsed(baseline), _collapsed(current))


def _collapsed(column: Numeric) -> Numeric:
    if not column.levels:
        return Numeric(column.values, np.ones_like(column.values))
    weight_of: dict[float, float] = {}
    for height, level in enumerate(column.levels):  # a higher level overwrites a lower one
        weight_of.update(dict.fromkeys(level.tolist(), 2.0**height))
    return Numeric.of_counts(list(weight_of), list(weight_of.values()))


ENTRY = DriftTest("ks_collapsed", NUMERIC, distance, p_value, effect_floor=0.03, robust=robust_distance)
