"""What to look at when a promise is broken, in plain words."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

import numpy as np

from leeboard.formats.statistics import FeatureStatistics
from leeboard.profile import ColumnProfile
from leeboard.profile.texts import FRACTIONAL, INTEGRAL

N_EXAMPLES = 3
_MAX_LABELS = 20
_PATTERNS = {"Integral": INTEGRAL, "Fractional": f"{FRACTIONAL}|{INTEGRAL}"}


def on_type(column: ColumnProfile, expected: str, baseline: FeatureStatistics | None) -> str:
    """Which cells are of another type."""
    if expected == "Integral" and _looks_like_probability(column) and _has_few_values(baseline):
        return (
            "the baseline holds few whole numbers and the live values lie between 0 and 1: a label against "
            "a predicted probability? Set the column's role to label in the constraints"
        )
    pattern = _PATTERNS.get(expected)
    if pattern is None:
        return "the column held text and now holds numbers"
    is_expected = re.compile(pattern).fullmatch
    others = [(v, n) for v, n in column.categories.counts.items() if not is_expected(v.strip())]
    return f"cells of another type: {_examples(others)}" if others else _classes(column)


def _looks_like_probability(column: ColumnProfile) -> bool:
    is_fractional = column.types.fractional == column.types.present > 0
    return is_fractional and column.moments.min >= 0 and column.moments.max <= 1


def _has_few_values(baseline: FeatureStatistics | None) -> bool:
    if baseline is None or baseline.numerical_statistics is None:
        return False
    values: set[float] = set()
    for level in baseline.numerical_statistics.distribution.kll.sketch.data:
        values.update(level)
    return 0 < len(values) <= _MAX_LABELS


def _classes(column: ColumnProfile) -> str:
    counts = {name: getattr(column.types, name) for name in ("integral", "fractional", "boolean", "string")}
    return "cells by type: " + ", ".join(f"{n} {name}" for name, n in counts.items() if n)


def on_missing_cells(column: ColumnProfile) -> str:
    """How many cells are missing."""
    missing = column.completeness.missing
    if not column.completeness.present:
        return "every cell is missing: is the column still delivered?"
    return f"{missing} of {missing + column.completeness.present} cells are missing"


def on_new_values(column: ColumnProfile, domain: Collection[str]) -> str:
    """Which values are new, with the nearest known one where it may be a slip."""
    known = set(domain)
    others = [(v, n) for v, n in column.categories.counts.items() if v not in known]
    if not others:
        return ""
    near = _same_but_for_spelling(others[0][0], known)
    slip = f"; {others[0][0]!r} may be {near!r} in another spelling" if near else ""
    return f"values that the baseline did not have: {_examples(others)}{slip}"


def _same_but_for_spelling(value: str, known: Iterable[str]) -> str | None:
    by_plain_form = {name.strip().casefold(): name for name in known}
    return by_plain_form.get(value.strip().casefold())


def _examples(counts: list[tuple[str, int]]) -> str:
    shown = ", ".join(f"{value[:40]!r} ({n})" for value, n in counts[:N_EXAMPLES])
    return f"{shown}, and {len(counts) - N_EXAMPLES} others" if len(counts) > N_EXAMPLES else shown


def on_missing_columns(names: list[str], new: list[str]) -> str:
    """New columns that may be the missing ones under another name."""
    pairs = [(name, get_close_matches(name, new, n=1)) for name in names[:N_EXAMPLES]]
    renamed = [f"{name!r} may now be {near[0]!r}" for name, near in pairs if near]
    return "; ".join(renamed) or "compare the columns that the endpoint receives with those of the baseline"


def on_extra_columns(names: list[str]) -> str:
    """What to do about them."""
    shown = ", ".join(repr(name) for name in names[:N_EXAMPLES])
    return f"new: {shown}; exclude them or make a new baseline" if names else ""


def on_negative_numbers(column: ColumnProfile) -> str:
    """About how many there are."""
    n_negative = int(column.quantiles.n_below(np.array([0.0]))[0])
    about = "" if column.quantiles.is_exact else "about "
    return f"{about}{max(n_negative, 1)} of {column.quantiles.n} numbers are below 0"
