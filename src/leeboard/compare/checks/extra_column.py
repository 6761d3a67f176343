"""There is no column that the baseline did not have."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_extra_columns
from leeboard.compare.results import Finding
from leeboard.formats.violation_texts import extra_columns_text


def find(case: Case) -> Iterator[Finding]:
    """By name; strict compares numbers of columns only."""
    known = {feature.name for feature in case.constraints.features}
    names = [name for name in case.current.columns if name not in known]
    n_now, n_before = len(case.current.columns), len(case.constraints.features)
    if case.is_evaluated and (n_now > n_before if case.is_strict else names):
        text, hint = extra_columns_text(n_now, n_before), on_extra_columns(names)
        yield Finding(", ".join(names), ENTRY.name, text, float(n_now), float(n_before), hint)


ENTRY = Check("extra_column_check", find)
