"""Numbers as Java prints them, because the texts in AWS files were printed by Java."""

from decimal import Decimal
from math import isinf, isnan


def java_double(x: float) -> str:
    """The shortest text that reads back as the same double, always with a fraction.

    >>> java_double(99.64592817400101), java_double(0.000509), java_double(100), java_double(1e7)
    ('99.64592817400101', '5.09E-4', '100.0', '1.0E7')
    """
    x = float(x)
    if isnan(x):
        return "NaN"
    if isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    if x == 0 or 1e-3 <= abs(x) < 1e7:
        return repr(x)
    return _with_exponent(x)


def _with_exponent(x: float) -> str:
    text = f"{x:.1e}"  # Java prints two digits at least, and of those the nearest: 4.9E-324, not 5.0E-324
    if float(text) != x:
        text = f"{Decimal(repr(x)).normalize():e}"
    digits, exponent = text.split("e")
    return f"{digits}E{int(exponent)}"
