"""Every column of the baseline is still there."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_missing_columns
from leeboard.compare.results import Finding
from leeboard.formats.violation_texts import missing_columns_text


def find(case: Case) -> Iterator[Finding]:
    """By name; strict compares numbers of columns only. A label need not be in live data."""
    n_now, n_before = len(case.current.columns), len(case.constraints.features)
    names = [name for name in _expected(case) if name not in case.current.columns]
    if case.is_evaluated and (n_now < n_before if case.is_strict else names):
        known = {feature.name for feature in case.constraints.features}
        new = [name for name in case.current.columns if name not in known]
        text, hint = missing_columns_text(n_now, n_before), on_missing_columns(names, new)
        yield Finding(", ".join(names), ENTRY.name, text, float(n_now), float(n_before), hint)


def _expected(case: Case) -> Iterator[str]:
    for feature in case.constraints.features:
        settings = case.settings(feature)
        if settings.is_evaluated and not settings.is_label:
            yield feature.name


ENTRY = Check("missing_column_check", find)
