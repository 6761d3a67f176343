"""A column that never was negative still is not."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_negative_numbers
from leeboard.compare.results import Finding
from leeboard.compare.type_match import NUMERIC_TYPES
from leeboard.formats.java import java_double


def find(case: Case) -> Iterator[Finding]:
    """Nothing in strict mode, as AWS has no such check. Bounds on texts have no meaning."""
    for promise in case.promises_on_values():
        numbers, moments = promise.feature.num_constraints, promise.column.moments
        is_numeric = promise.feature.inferred_type in (*NUMERIC_TYPES, None)
        is_promised = is_numeric and numbers is not None and numbers.is_non_negative
        if is_promised and not case.is_strict and moments.n and moments.min < 0:
            text = f"Non-negativity requirement is not met. Observed: Minimum is {java_double(moments.min)}."
            hint = on_negative_numbers(promise.column)
            yield Finding(promise.feature.name, ENTRY.name, text, moments.min, 0.0, hint)


ENTRY = Check("non_negative_check", find)
