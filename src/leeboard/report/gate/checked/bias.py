"""Bias: each measure of each group."""

from collections.abc import Iterator

from leeboard.measures.bias.measures import MEASURES
from leeboard.report.gate.checked import Checked, Looked
from leeboard.report.report import Report, SectionContent

CHECK = "bias_drift_check"


def looks(report: Report, content: SectionContent) -> Iterator[Looked]:
    for one in content.details.comparison.judged:
        measure = one.measure.name
        is_compared = one.verdict != "not compared"
        yield Looked(
            check=CHECK,
            subject=f"{measure} of {one.group.facet} {one.group.text}",
            label="bias",
            names=frozenset({CHECK, measure}),
            why_not="" if is_compared else "the data or the baseline have no number for it",
        )


def names() -> Iterator[str]:
    """The check, and every measure."""
    yield CHECK
    yield from MEASURES


ENTRY = Checked("bias", looks, names)
