"""Enough cells are of the type that the column had in the baseline."""

from collections.abc import Iterator

from leeboard.compare.case import Case, Promise
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_type
from leeboard.compare.limits import is_below
from leeboard.compare.results import Finding
from leeboard.compare.type_match import type_match
from leeboard.formats.violation_texts import data_type_text


def find(case: Case) -> Iterator[Finding]:
    for promise in case.promises_on_values():
        expected = promise.feature.inferred_type
        limit = promise.settings.config.datatype_check_threshold
        match = type_match(promise.column, expected, strict=case.is_strict)
        if limit is not None and match is not None and is_below(match, limit, strict=case.is_strict):
            yield _finding(case, promise, str(expected), match, limit)


def _finding(case: Case, promise: Promise, expected: str, match: float, limit: float) -> Finding:
    name = promise.feature.name
    hint = on_type(promise.column, expected, case.baseline.get(name))
    return Finding(name, ENTRY.name, data_type_text(expected, limit, match), match, limit, hint)


ENTRY = Check("data_type_check", find)
