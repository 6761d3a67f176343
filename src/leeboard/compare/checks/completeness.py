"""Not more cells are missing than in the baseline."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_missing_cells
from leeboard.compare.limits import is_below
from leeboard.compare.results import Finding
from leeboard.formats.violation_texts import completeness_text


def find(case: Case) -> Iterator[Finding]:
    for promise in case.promises():
        limit, share = promise.feature.completeness, promise.column.completeness.share
        if limit is not None and is_below(share, limit, strict=case.is_strict):
            text, hint = completeness_text(limit, share), on_missing_cells(promise.column)
            yield Finding(promise.feature.name, ENTRY.name, text, share, limit, hint)


ENTRY = Check("completeness_check", find)
