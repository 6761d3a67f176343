"""How a distribution has changed, in plain words."""

import numpy as np

from leeboard.compare.distributions.alignment import OTHER, TAIL, align
from leeboard.compare.distributions.kinds import Categorical, Distribution, Doubles, Numeric

N_EXAMPLES = 3
_PROBES = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
_TOLERANCE = 0.1
_LEAST_FACTOR = 1.3
_LEAST_GAIN = 0.03

UNITS = {
    1000.0: "thousandths of the unit",
    0.001: "thousands of the unit",
    100.0: "hundredths of the unit, such as percent for shares or cents",
    0.01: "hundreds of the unit, such as shares for percent",
    60.0: "minutes for hours, or seconds for minutes",
    1 / 60.0: "hours for minutes, or minutes for seconds",
    3600.0: "seconds for hours",
    1.609344: "kilometres for miles",
    0.621371: "miles for kilometres",
    2.54: "centimetres for inches",
    0.393701: "inches for centimetres",
    3.28084: "feet for metres",
    0.3048: "metres for feet",
    2.204623: "pounds for kilograms",
    0.453592: "kilograms for pounds",
    -1.0: "the opposite sign",
}
"""What values of that many times the old ones may be."""
TEMPERATURES = (
    ("degrees Fahrenheit came where degrees Celsius", 32.0, 1.8),
    ("degrees Celsius came where degrees Fahrenheit", -32.0 / 1.8, 1.0 / 1.8),
)
_WIDEST_TEMPERATURES = 150.0
"""In a column spread wider than this the 32 degrees of offset would not show."""


def change_in_words(baseline: Distribution, current: Distribution) -> str:
    """The first that holds: another unit, one value that is everywhere, a moved middle."""
    if isinstance(baseline, Numeric) and isinstance(current, Numeric):
        return _numeric_change(baseline, current)
    if isinstance(baseline, Categorical) and isinstance(current, Categorical):
        return _categorical_change(baseline, current)
    return ""


def _numeric_change(baseline: Numeric, current: Numeric) -> str:
    old, new = _quantiles(baseline), _quantiles(current)
    return _unit(old, new) or _spike(baseline, current) or _moved(old, new)


def _quantiles(column: Numeric) -> Doubles:
    return np.array([column.quantile(share) for share in _PROBES])


def _unit(old: Doubles, new: Doubles) -> str:
    """For values that are all a fixed multiple of the old ones, or degrees of the other scale."""
    spread = float(old[-1] - old[0])
    if spread <= 0:
        return ""
    if spread < _WIDEST_TEMPERATURES:
        for what, offset, degree in TEMPERATURES:
            if float(np.abs(new - (old * degree + offset)).max()) < _TOLERANCE / 2 * degree * spread:
                return f"as if {what} were"
    factor = _factor(old, new)
    if factor is None:
        return ""
    near = [what for unit, what in UNITS.items() if abs(factor / unit - 1.0) < _TOLERANCE / 2]
    known = f", {near[0]}" if near else ""
    return f"values are about {factor:.3g} times what they were: another unit{known}?"


def _factor(old: Doubles, new: Doubles) -> float | None:
    """The one number that all quantiles were multiplied by, if it is far from 1; negative if mirrored."""
    with np.errstate(over="ignore", invalid="ignore"):
        for sign, turned in ((1.0, new), (-1.0, -new[::-1])):
            fit = float((old * turned).sum() / (old * old).sum())
            off = float(np.abs(turned - fit * old).max()) if fit > 0 else np.inf
            if off < _TOLERANCE / 2 * fit * min(float(np.abs(old).max()), float(np.ptp(old))):
                is_far = sign < 0 or not 1 / _LEAST_FACTOR < fit < _LEAST_FACTOR
                return sign * fit if is_far else None
    return None


def _spike(baseline: Numeric, current: Numeric) -> str:
    """For a single value that now is much more frequent, such as a default in place of a missing cell."""
    at = int(np.argmax(current.weights))
    value, share = float(current.values[at]), float(current.weights[at]) / current.n
    here = np.searchsorted(baseline.values, value)
    is_known = here < len(baseline.values) and baseline.values[here] == value
    before = float(baseline.weights[here]) / baseline.n if is_known else 0.0
    if len(current.values) == 1:
        return f"every value is {value:.6g} now"
    if share - before < _LEAST_GAIN or share < 2 * before:
        return ""
    return f"the value {value:.6g} makes up {share:.1%} of the column, {before:.1%} in the baseline"


def _moved(old: Doubles, new: Doubles) -> str:
    return (
        f"median {old[2]:.6g} in the baseline, {new[2]:.6g} now; "
        f"middle half {old[1]:.6g} to {old[3]:.6g} then, {new[1]:.6g} to {new[3]:.6g} now"
    )


def _categorical_change(baseline: Categorical, current: Categorical) -> str:
    values, old, new = align(baseline, current)
    gains = new / max(current.n, 1.0) - old / max(baseline.n, 1.0)
    order = np.argsort(-np.abs(gains), kind="stable")[:N_EXAMPLES]
    parts = [
        f"{_shown(values[i])} {old[i] / baseline.n:.1%} in the baseline, {new[i] / current.n:.1%} now"
        for i in order
        if gains[i]
    ]
    return "; ".join(parts)


def _shown(value: str) -> str:
    pooled = {OTHER: "values that are not listed", TAIL: "the rarest values that are listed"}
    return pooled.get(value) or repr(value[:40])
