"""What was left out of the measures or assumed for them, in plain words."""

from collections.abc import Iterator

from leeboard.formats.model_quality import BinaryMetrics, QualityStatistics
from leeboard.measures.quality.binary import Binary
from leeboard.measures.quality.confusion import whole_numbers
from leeboard.measures.quality.multiclass import Multiclass
from leeboard.measures.quality.recipe import QualityState


def notes_on(state: QualityState, statistics: QualityStatistics) -> Iterator[str]:
    """One sentence each."""
    if state.n_without_label:
        yield f"{state.n_without_label:,} of {state.n_rows:,} rows have no label that can be used: left out"
    if state.n_without_prediction:
        n = state.n_without_prediction
        yield f"{n:,} of {state.n_rows:,} rows have a label but no prediction: left out"
    if isinstance(state.measured, Binary):
        yield from _on_binary(state.measured, statistics)
    if isinstance(state.measured, Multiclass):
        yield from _on_classes(state.measured)


def _on_binary(state: Binary, statistics: QualityStatistics) -> Iterator[str]:
    if not state.has_scores:
        yield "there are no probabilities: curves and auc are left out"
    elif state.n_without_score:
        yield f"{state.n_without_score:,} rows have no probability: curves and auc are of the others"
    metrics = statistics.metrics
    matrix = metrics.confusion_matrix if isinstance(metrics, BinaryMetrics) else None
    present = [label for label, row in (matrix or {}).items() if sum(row.values())]
    if len(present) == 1:
        yield f"all rows are labelled {present[0]!r}: measures that need both classes are 0, and auc is NaN"
    own = statistics.leeboard
    if own is not None and own.auc_error:
        yield f"scores were rounded to fit into memory: auc may be off by {own.auc_error:.1g} at most"


def _on_classes(state: Multiclass) -> Iterator[str]:
    same = whole_numbers(state.confusion.labels)
    if same:
        shown = ", ".join(f"{label} as {name}" for label, name in list(same.items())[:3])
        yield f"labels that are the same number are the same class: {shown}"
    actual = state.confusion.actual_labels
    if actual and not actual & {label for _, label in state.confusion.counts}:
        yield "no predicted label is among the actual labels: are they written differently?"
