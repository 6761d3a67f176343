"""Every measure of one group: its value and interval, or why it has none."""

from collections.abc import Sequence
from dataclasses import dataclass

from leeboard.measures.bias.bootstrap import Intervals
from leeboard.measures.bias.contingency import Contingency, Margins, Side
from leeboard.measures.bias.decisions import Chosen, KeyIndex
from leeboard.measures.bias.flips import FlipRows, FlipSample, flip_test
from leeboard.measures.bias.measures import Measure, Needs, Stage
from leeboard.measures.bias.results import Group, Measured
from leeboard.measures.bias.state import MOST_LABELS, MOST_VALUES
from leeboard.measures.bias.table import FacetTable

NO_GROUP = "Group variable is empty or not provided"
WITHOUT_LABEL = (Needs.PREDICTION, Needs.PREDICTION_AND_GROUP, Needs.NEIGHBOURS)
WITH_GROUP = (Needs.LABEL_AND_GROUP, Needs.PREDICTION_AND_GROUP)
FALSE_NEGATIVE = 2


@dataclass(frozen=True, slots=True)
class FacetMeasurer:
    """Measures the groups of one facet.

    Attributes:
        index: its values.
        margins: the counts.
        redrawn: the counts of rows drawn anew; None for no intervals.
        flips: rows for the flip test; None for no such test.
        texts: features that the flip test cannot use but should; none if it may leave them out.
    """

    facet: str
    index: KeyIndex
    margins: Margins
    has_group_variable: bool
    intervals: Intervals | None = None
    redrawn: Margins | None = None
    flips: FlipRows | None = None
    texts: tuple[str, ...] = ()

    def group(self, choice: Chosen, measures: Sequence[Measure]) -> Group:
        """Everything about one group."""
        is_chosen = self.index.chosen(choice)
        counts = self.margins.of(is_chosen[self.margins.table.facet])
        redrawn = self.redrawn.of(is_chosen[self.redrawn.table.facet]) if self.redrawn else None
        measured = tuple(
            self._measured(measure, counts, redrawn) if measure.formula else self._flipped(measure, choice)
            for measure in measures
        )
        return Group(self.facet, choice.text, measured, counts)

    def _measured(self, measure: Measure, counts: Contingency, redrawn: Contingency | None) -> Measured:
        assert measure.formula is not None  # noqa: S101 - the flip test does not come here
        if error := self._error(measure, counts):
            return Measured(measure, None, error)
        value = float(measure.formula(counts))
        if redrawn is None or self.intervals is None or self._cannot_redraw(measure):
            return Measured(measure, value)
        return Measured(measure, value, None, *self.intervals.of(measure.formula(redrawn)))

    def _cannot_redraw(self, measure: Measure) -> bool:
        return bool(measure.needs in WITH_GROUP and self.redrawn and not self.redrawn.table.n_groups)

    def _error(self, measure: Measure, counts: Contingency) -> str | None:
        """Why a measure cannot be computed; None if it can."""
        needs, table = measure.needs, self.margins.table
        if needs not in WITHOUT_LABEL and not table.has_labels:
            return "There are no labels"
        if measure.stage == Stage.POST_TRAINING and not table.has_predictions:
            return "There are no predictions"
        if not _n_rows(measure, counts.members):
            return "Nobody is in the group"
        if not _n_rows(measure, counts.others):
            return "Everybody is in the group"
        if needs == Needs.LABEL_CLASSES and not table.are_labels_whole:
            return f"The label has more than {MOST_LABELS} classes"
        if needs in WITH_GROUP:
            return self._error_of_groups(table)
        answered = counts.everybody.answered
        if measure.name == "GE" and answered[FALSE_NEGATIVE] == answered.sum():
            return "All predictions are false negatives"
        return None

    def _error_of_groups(self, table: FacetTable) -> str | None:
        if not self.has_group_variable or not table.n_groups:
            return NO_GROUP
        return None if table.are_groups_whole else f"Group variable has more than {MOST_VALUES:,} values"

    def _flipped(self, measure: Measure, choice: Chosen) -> Measured:
        rows = self.flips
        if rows is None:
            return Measured(measure, None, "There are no predictions, or the test is switched off")
        if self.texts:
            return Measured(measure, None, f"Features are no numbers: {', '.join(self.texts)}")
        if not rows.features.shape[1]:
            return Measured(measure, None, "There is no numeric feature")
        is_member = rows.members(choice)
        if not is_member.any() or is_member.all():
            who = "Everybody" if is_member.any() else "Nobody"
            return Measured(measure, None, f"{who} is in the group, of those who have all features")
        flips = rows.flips(is_member)
        ends = self.intervals.of_flips(flips) if self.intervals else (None, None)
        return Measured(measure, flip_test(flips), None, *ends)


def flip_rows(
    sample: FlipSample | None, facet: str, positive: Chosen, *, needs_numbers: bool
) -> tuple[FlipRows | None, tuple[str, ...]]:
    """Rows for the flip test of a facet, and the text features that are its error."""
    if sample is None:
        return None, ()
    texts = tuple(sorted(sample.texts - {facet})) if needs_numbers else ()
    return sample.prepared(facet, positive.holds), texts


def _n_rows(measure: Measure, side: Side) -> float:
    if measure.stage == Stage.PRE_TRAINING:
        return float(side.observed.sum())
    return float((side.predicted if measure.needs in WITHOUT_LABEL else side.answered).sum())
