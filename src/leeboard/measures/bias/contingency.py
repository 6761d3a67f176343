"""The counts that all measures of one group are made of: it against everybody else."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leeboard.measures.bias.table import MISSING, Bools, Codes, FacetTable, Floats

OTHERS, MEMBERS = 0, 1


class Margins:
    """Sums of a table of which every part may have many versions, as a bootstrap has.

    Args:
        table: the combinations.
        n: rows of each combination; before it, the versions.
    """

    def __init__(self, table: FacetTable, n: Floats) -> None:
        self.table, self.n = table, n
        self.is_observed = table.observed != MISSING
        self.is_predicted = table.predicted != MISSING
        if table.has_labels:
            self.is_predicted = self.is_predicted & self.is_observed
        self.is_both = self.is_observed & self.is_predicted

    @cached_property
    def everybody(self) -> "Side":
        return self.side(np.ones(len(self.table.facet), dtype=bool))

    def side(self, chosen: Bools) -> "Side":
        """The counts of some of the combinations."""
        table = self.table
        sums = _Sums(self.n, chosen)
        has_group = table.group != MISSING
        return Side(
            labels=sums.by(table.label, table.n_labels, self.is_observed),
            observed=sums.by(table.observed, 2, self.is_observed),
            predicted=sums.by(table.predicted, 2, self.is_predicted),
            answered=sums.by(2 * table.observed + table.predicted, 4, self.is_both),
            observed_by_group=sums.by(
                2 * table.group + table.observed, 2 * table.n_groups, self.is_observed & has_group
            ),
            predicted_by_group=sums.by(
                2 * table.group + table.predicted, 2 * table.n_groups, self.is_predicted & has_group
            ),
        )

    def of(self, is_member: Bools) -> "Contingency":
        """The group against the others."""
        members = self.side(is_member)
        return Contingency(members, self.everybody.less(members), self.everybody)


@dataclass(frozen=True, slots=True)
class _Sums:
    n: Floats
    chosen: Bools

    def by(self, codes: Codes, n_codes: int, counts: Bools) -> Floats:
        kept = np.flatnonzero(self.chosen & counts)
        found = np.zeros((*self.n.shape[:-1], n_codes))
        if len(kept):
            order = kept[np.argsort(codes[kept], kind="stable")]
            used, starts = np.unique(codes[order], return_index=True)
            found[..., used] = np.add.reduceat(self.n[..., order], starts, axis=-1)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows of some people; the last axis of each is named first.

    Attributes:
        labels: by class of the label.
        observed: by whether the outcome was good: no, yes.
        predicted: by whether the prediction was.
        answered: by both: (no, no), (no, yes), (yes, no), (yes, yes), the outcome first.
        observed_by_group, predicted_by_group: by value of the group variable, no and yes for each.
    """

    labels: Floats
    observed: Floats
    predicted: Floats
    answered: Floats
    observed_by_group: Floats
    predicted_by_group: Floats

    def less(self, part: "Side") -> "Side":
        """The rest, if a part is taken away."""
        return Side(*(getattr(self, name) - getattr(part, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Contingency:
    """A group, the others, and both together."""

    members: Side
    others: Side
    everybody: Side
