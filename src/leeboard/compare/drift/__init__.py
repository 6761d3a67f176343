"""Drift tests, one a module: how far a column has moved, and whether chance explains it."""

from collections.abc import Callable
from dataclasses import dataclass

from leeboard.roster import Roster

NUMERIC = frozenset({"numeric"})
CATEGORICAL = frozenset({"categorical"})
ANY = NUMERIC | CATEGORICAL

Measure = Callable[..., float]
"""(baseline, current) -> a number; both are `Distribution`s of one of the test's kinds."""


@dataclass(frozen=True, slots=True)
class DriftTest:
    """A way to say how far a column has moved from its baseline.

    Args:
        name: as users write it in settings.
        kinds: the kinds of distribution that it can read: `numeric`, `categorical`.
        distance: at least 0 and finite; 0 for equal distributions.
        p_value: chance of a distance at least as large in samples of one distribution, in [0, 1].
        effect_floor: a distance that is not larger matters to nobody, however certain it is.
        robust: what AWS's method Robust compares with the threshold; without it, the distance.
        is_robust_p_value: that number is a p-value, so that small ones are violations.
    """

    name: str
    kinds: frozenset[str]
    distance: Measure
    p_value: Measure
    effect_floor: float
    robust: Measure | None = None
    is_robust_p_value: bool = False


DRIFT_TESTS = Roster("drift test", __name__, DriftTest)
