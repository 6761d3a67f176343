"""What the constraints promise about a column, in words."""

from collections.abc import Iterator, Sequence

from leeboard.formats.constraints import FeatureConstraints
from leeboard.report.words import clipped, named, percent

MOST_DOMAIN_VALUES = 12


def promises_of(promise: FeatureConstraints) -> Iterator[str]:
    """One phrase a promise; nothing for a column about which nothing is promised."""
    if promise.inferred_type:
        yield f"type {promise.inferred_type}"
    if promise.completeness is not None:
        least = (
            "no cell"
            if promise.completeness == 1
            else f"at most {percent(1 - promise.completeness)} of the cells"
        )
        yield f"{least} missing"
    if promise.num_constraints and promise.num_constraints.is_non_negative:
        yield "no negative number"
    if promise.string_constraints and promise.string_constraints.domains:
        yield _one_of(promise.string_constraints.domains)
    if promise.leeboard and promise.leeboard.role:
        yield f"role {promise.leeboard.role}"


def _one_of(domain: Sequence[str]) -> str:
    more = len(domain) - MOST_DOMAIN_VALUES
    shown = ", ".join(clipped(named(value), 40) for value in domain[:MOST_DOMAIN_VALUES])
    return f"one of {shown}" + (f" and {more:,} more" if more > 0 else "")
