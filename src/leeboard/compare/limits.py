"""Comparing a number with the limit set for it."""

SLACK = 1e-12
"""Relative; a limit that was written from the same numbers in another order is not crossed."""


def is_below(observed: float, limit: float, *, strict: bool) -> bool:
    """Strict as doubles compare; otherwise by more than rounding explains."""
    return observed < (limit if strict else limit - SLACK * abs(limit))


def is_above(observed: float, limit: float, *, strict: bool) -> bool:
    """Strict as doubles compare; otherwise by more than rounding explains."""
    return observed > (limit if strict else limit + SLACK * abs(limit))
