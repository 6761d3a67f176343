"""One feature of a schedule: a window against the baseline or another window, and how it went over time."""

from dataclasses import dataclass
from typing import Any

from leeboard.errors import LeeboardError
from leeboard.formats.summary import FeatureColumns, MalformedSample, SeenViolation
from leeboard.service.executions import Execution
from leeboard.service.feature_history import FeatureHistory
from leeboard.service.service import Service
from leeboard.service.views.distributions import Distribution
from leeboard.service.views.over_time import OverTime, over_time, window_of
from leeboard.service.views.window_features import feature_of_both, feature_of_window

COLUMNS = (
    "distance", "limit", "use", "completeness", "n_violations", "is_drifted", "mean", "std_dev", "n_distinct",
)  # fmt: skip
MOST_LISTED = 400
"""Features that can be chosen from a list."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One feature to go on to.

    Attributes:
        use: how much of its limit the drift used up.
    """

    name: str
    n_violations: int
    use: float | None


@dataclass(frozen=True, slots=True)
class FeatureTold:
    """What a page shows of a feature.

    Attributes:
        against: the window that stands for the baseline; None for the baseline itself.
        numbers: what the window's summary says of it, by name of the column; empty if nothing.
        history: None if no window of the range has it.
        fault: why its distribution cannot be shown; "" if it can, or if there is none.
        features: all of the window's, what needs a look first.
    """

    name: str
    over: OverTime
    against: Execution | None
    distribution: Distribution | None
    fault: str
    numbers: dict[str, Any]
    history: FeatureHistory | None
    violations: tuple[SeenViolation, ...]
    malformed: tuple[MalformedSample, ...]
    features: tuple[Listed, ...]
    n_features: int


def feature_told(
    service: Service, schedule: str, name: str, *, window: str, against: str, limit: int
) -> FeatureTold:
    """One feature of a schedule of data quality.

    Args:
        name: of the feature; "" for the one that needs a look first.
        against: id of an execution, or `baseline`.

    Raises:
        ResourceNotFoundError: there is no such schedule, or it has no such window.
    """
    over = over_time(service, schedule, window, monitoring_type="DataQuality", limit=limit, columns=COLUMNS)
    features = _listed(over.summary.features) if over.summary else []
    name = name or (features[0].name if features else "")
    other = None
    if against not in ("", "baseline"):
        with service.database.read() as connection:
            other = window_of(connection, over.schedule, against)
    spread, fault = _distribution(service, over.window, other, name)
    summary = over.summary
    return FeatureTold(
        name=name,
        over=over,
        against=other,
        distribution=spread,
        fault=fault,
        numbers=numbers_of(summary.features, name) if summary else {},
        history=over.history.features.get(name),
        violations=tuple(v for v in summary.violations if name in v.columns) if summary else (),
        malformed=tuple(summary.malformed) if summary else (),
        features=tuple(features[:MOST_LISTED]),
        n_features=len(features),
    )


def numbers_of(features: FeatureColumns, name: str) -> dict[str, Any]:
    """What a summary says of a feature, by name of the column; nothing if it does not know it."""
    if name not in features.name:
        return {}
    at = features.name.index(name)
    return {column: getattr(features, column)[at] for column in FeatureColumns.model_fields}


def _listed(features: FeatureColumns) -> list[Listed]:
    """Those with violations first, then those that drifted furthest."""
    rows = zip(features.name, features.n_violations, features.use, strict=True)
    return sorted((Listed(*row) for row in rows), key=lambda one: (-one.n_violations, -(one.use or 0.0)))


def _distribution(
    service: Service, window: Execution | None, against: Execution | None, name: str
) -> tuple[Distribution | None, str]:
    if window is None or not name:
        return None, ""
    try:
        if against is None:
            return feature_of_window(service, window, name), ""
        return feature_of_both(service, against, window, name), ""
    except LeeboardError as error:
        return None, str(error)
