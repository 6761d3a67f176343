"""Enough cells hold one of the values that the baseline had."""

from collections.abc import Iterator

from leeboard.compare.case import Case
from leeboard.compare.checks import Check
from leeboard.compare.hints import on_new_values
from leeboard.compare.limits import is_below
from leeboard.compare.results import Finding
from leeboard.formats.violation_texts import domain_text
from leeboard.profile import ColumnProfile


def find(case: Case) -> Iterator[Finding]:
    for promise in case.promises_on_values():
        texts, limit = promise.feature.string_constraints, promise.settings.config.domain_threshold
        is_text = promise.feature.inferred_type in ("String", None)
        if not is_text or limit is None or texts is None or texts.domains is None:
            continue
        share = share_inside(promise.column, frozenset(texts.domains))
        if share is not None and is_below(share, limit, strict=case.is_strict):
            hint = on_new_values(promise.column, texts.domains)
            yield Finding(promise.feature.name, ENTRY.name, domain_text(share), share, limit, hint)


def share_inside(column: ColumnProfile, domain: frozenset[str]) -> float | None:
    """Share of present cells with such a value, in [0, 1]; None if values were not counted.

    Where values were left out of the count, as many cells as can be are taken to be inside.
    """
    categories = column.categories
    if not categories.n or not categories.table.height:
        return None
    inside = sum(count for value, count in categories.counts.items() if value in domain)
    uncounted = min(categories.other, categories.error * len(domain))
    return (inside + uncounted) / categories.n


ENTRY = Check("categorical_values_check", find)
