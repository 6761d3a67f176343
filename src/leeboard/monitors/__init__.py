"""What a monitor is: what it folds, what it suggests from a baseline, what it checks in a window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from leeboard.compare import Comparison
from leeboard.formats.constraints import Constraints, DriftSettings
from leeboard.formats.metrics import EmittedMetric
from leeboard.formats.statistics import Statistics
from leeboard.formats.violations import Violations
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True)
class Baseline:
    """What data are held against: the promises, and the statistics they came from.

    Attributes:
        constraints: what is checked.
        statistics: what drift is measured from; without them no drift is looked for.
    """

    constraints: Constraints
    statistics: Statistics | None = None

    @property
    def names(self) -> list[str]:
        """The columns in order."""
        features = self.constraints.features or (self.statistics.features if self.statistics else [])
        return [feature.name for feature in features]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestOptions:
    """What the user wants of suggested constraints.

    Attributes:
        categorical_drift_method: AWS's setting for columns of text.
        roles: column name to `feature`, `label`, `prediction` or `ignore`.
        drift: leeboard's own drift settings; None for the defaults.
        is_strict: suggest what AWS would, without a key of our own.
    """

    categorical_drift_method: Literal["LInfinity", "ChiSquared"] = "LInfinity"
    roles: Mapping[str, str] = field(default_factory=dict)
    drift: DriftSettings | None = None
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a monitor says of a window.

    Attributes:
        statistics: of the window.
        suggested: the constraints that the window itself would suggest.
        comparison: findings, drift scores and notes.
        violations: the findings as AWS's file has them.
        metrics: numbers for a metric store.
    """

    statistics: Statistics
    suggested: Constraints
    comparison: Comparison
    violations: Violations
    metrics: tuple[EmittedMetric, ...] = ()


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitoring type.

    Args:
        name: as users write it.
        monitoring_type: as AWS writes it.
        state: what an engine folds for it.
        suggest: state of the baseline data -> baseline.
        check: (state of the window, baseline, is_strict) -> verdict.
    """

    name: str
    monitoring_type: str
    state: Any
    suggest: Callable[[Any, SuggestOptions], Baseline]
    check: Callable[[Any, Baseline, bool], Verdict]


MONITORS = Roster("monitor", __name__, Monitor)
