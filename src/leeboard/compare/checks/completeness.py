"""Not more cells are missing than in the baseline."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_missing_cells
from leeboard.compare.limits import is_below
from leeboard.compare.missing_cells import within_chance
from leeboard.compare.results import Finding
from leeboard.formats.violation_texts import completeness_text


def find(case: Case) -> Iterator[Finding]:
    kept = within_chance(case)
    for promise in case.promises():
        limit, share = promise.feature.completeness, promise.column.completeness.share
        if promise.feature.name in kept or limit is None:
            continue
        if is_below(share, limit, strict=case.is_strict):
            text, hint = completeness_text(limit, share), on_missing_cells(promise.column)
            yield Finding(promise.feature.name, ENTRY.name, text, share, limit, hint)


ENTRY = Check("completeness_check", find)
