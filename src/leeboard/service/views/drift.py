"""The features of a schedule over its windows, those that drift the most first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.summaries import History, history

COLUMNS = ("distance", "limit", "use", "completeness", "n_violations")
MOST_SUMMARIES = 400
"""Windows of a chart, the latest."""


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature over the windows of a range.

    Attributes:
        completeness, distance, limit, use: of the last window that has them.
        n_violations: of all windows together; n_broken: windows with any.
        distances: one a window, like all lists.
    """

    name: str
    type: str | None
    completeness: float | None
    distance: float | None
    limit: float | None
    use: float | None
    n_violations: int
    n_broken: int
    distances: Sequence[float | None]
    uses: Sequence[float | None]
    completenesses: Sequence[float | None]
    violations: Sequence[int | None]

    @property
    def is_broken(self) -> bool:
        """Whether the last window that has it broke a promise about it, of any kind."""
        return bool(_last(self.violations))

    @property
    def worst_use(self) -> float:
        return max((use for use in self.uses if use is not None), default=-1.0)


def drift_of(connection: Connection, schedule_id: int, since: datetime) -> tuple[History, list[FeatureRow]]:
    """The windows of a schedule since a time, and its features, those that drift the most first."""
    found = history(connection, [schedule_id], since=since, limit=MOST_SUMMARIES, columns=COLUMNS)
    rows = [_feature(name, of) for name, of in found.features.items()]
    return found, sorted(rows, key=_most_drifted)


def measured(connection: Connection, schedule_id: int, since: datetime) -> History:
    """The windows of a schedule that measures no features."""
    return history(connection, [schedule_id], since=since, limit=MOST_SUMMARIES, columns=())


def _most_drifted(row: FeatureRow) -> tuple[float, float, int, str]:
    return -(row.use if row.use is not None else -1.0), -row.worst_use, -row.n_violations, row.name


def _feature(name: str, of: Any) -> FeatureRow:
    violations = of["n_violations"]
    uses = [_use(*one) for one in zip(of["use"], of["distance"], of["limit"], strict=True)]
    return FeatureRow(
        name, of.type, _last(of["completeness"]), _last(of["distance"]), _last(of["limit"]), _last(uses),
        sum(n or 0 for n in violations), sum(bool(n) for n in violations),
        of["distance"], uses, of["completeness"], violations,
    )  # fmt: skip


def _use(use: float | None, distance: float | None, limit: float | None) -> float | None:
    """Summaries of other programs may not say it."""
    return distance / limit if use is None and distance is not None and limit else use


def _last(values: Sequence[Any]) -> Any:
    return next((value for value in reversed(values) if value is not None), None)
