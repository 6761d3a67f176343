"""Feature attribution: the ranks of each label's features."""

from collections.abc import Iterator
from typing import Any

from leeboard.measures.attribution.outcome import compared_analyses, labels_in
from leeboard.report.gate.checked import Checked, Looked
from leeboard.report.report import Report, SectionContent

CHECK = "feature_attribution_drift_check"


def looks(report: Report, content: SectionContent) -> Iterator[Looked]:
    documents: Any = content.documents
    known = content.baseline.analysis
    found = {one.label: one for one in compared_analyses(known, documents["analysis.json"])}
    for label in labels_in(known):
        why = "" if label in found else "the model has no such output now"
        if label in found and found[label].ndcg is None:
            why = found[label].note
        yield Looked(check=CHECK, subject=label, label="attribution", names=frozenset({CHECK}), why_not=why)


ENTRY = Checked("attribution", looks, lambda: [CHECK])
