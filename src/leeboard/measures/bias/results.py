"""What was measured of groups, and what is to be measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leeboard.measures.bias.bootstrap import Intervals
from leeboard.measures.bias.contingency import Contingency
from leeboard.measures.bias.measures import Measure, Stage


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of one group; without a value there is an error.

    Attributes:
        low, high: ends of the interval; None if there is none.
    """

    measure: Measure
    value: float | None
    error: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Everything about one group.

    Attributes:
        text: its value or interval, as files have it.
        counts: its rows and those of the others.
    """

    facet: str
    text: str
    measured: tuple[Measured, ...]
    counts: Contingency

    def of(self, stage: Stage) -> tuple[Measured, ...]:
        return tuple(one for one in self.measured if one.measure.stage == stage)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything about every group.

    Attributes:
        label, positive: what the good outcome is, as files have it.
        has_predictions: whether the model's answers were measured.
    """

    label: str
    positive: str
    groups: tuple[Group, ...]
    has_predictions: bool
    notes: tuple[str, ...] = ()

    def by_facet(self) -> dict[str, list[Group]]:
        """The groups in the order of the question."""
        found: dict[str, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.facet, []).append(group)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is wanted of a state.

    Attributes:
        measures: those to compute.
        intervals: None for none.
        was_interval: by name of a facet or of the label, whether the baseline took its value as a threshold.
    """

    measures: Sequence[Measure]
    intervals: Intervals | None = None
    was_interval: Mapping[str, bool] = field(default_factory=dict)
    is_strict: bool = False
