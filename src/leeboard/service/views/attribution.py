"""Attribution over time, and which features both matter and drift."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from leeboard.formats.summary import AttributionSummary, ScoreSummary, Summary
from leeboard.service.arns import SCHEDULE
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.resources import Resource, find_all
from leeboard.service.service import Service
from leeboard.service.summaries import find_summary
from leeboard.service.views.over_time import OverTime, over_time
from leeboard.state.tables import executions, resources, window_summaries

MOST_SCHEDULES = 5
Quadrant = Literal["drifts and matters", "drifts, matters little", "matters, is stable", "is stable"]


@dataclass(frozen=True, slots=True)
class Both:
    """A feature that has an attribution and a drift.

    Attributes:
        drift: how much of its limit its distance used up: above 1 is too much.
        share: of the sum of all attributions.
    """

    feature: str
    drift: float
    share: float
    quadrant: Quadrant


@dataclass(frozen=True, slots=True)
class Joined:
    """Drift beside attribution.

    Attributes:
        schedule, window: of data quality, from which the drift is.
        even_share: what every feature would have if all mattered the same; above it, one matters.
    """

    schedule: Resource
    window: Execution
    features: tuple[Both, ...]
    even_share: float

    def of(self, quadrant: Quadrant) -> list[Both]:
        found = (one for one in self.features if one.quadrant == quadrant)
        return sorted(found, key=lambda one: -one.drift * one.share)


@dataclass(frozen=True, slots=True)
class AttributionTold:
    """What a page shows of attribution.

    Attributes:
        labels: all that there are; `label` is the chosen one, None if there is none.
        attributions: of the label in the window, the largest first.
        joined: None if no schedule of the endpoint measured drift.
    """

    over: OverTime
    labels: tuple[str, ...]
    label: str | None
    attributions: tuple[AttributionSummary, ...]
    score: ScoreSummary | None
    joined: Joined | None


def attribution_told(
    service: Service, schedule: str, *, window: str, label: str | None, limit: int
) -> AttributionTold:
    """A schedule of attribution.

    Raises:
        ResourceNotFoundError: there is no such schedule, or it has no such window.
    """
    over = over_time(service, schedule, window, monitoring_type="ModelExplainability", limit=limit)
    found = over.summary.attributions if over.summary else []
    labels = tuple(dict.fromkeys([*(one.label for one in found), *over.history.scores]))
    chosen = label if label in labels else labels[0] if labels else None
    attributions = sorted((one for one in found if one.label == chosen), key=_place)
    scores = over.summary.scores if over.summary else []
    return AttributionTold(
        over=over,
        labels=labels,
        label=chosen,
        attributions=tuple(attributions),
        score=next((one for one in scores if one.label == chosen), None),
        joined=_joined(service, over, attributions),
    )


def _place(one: AttributionSummary) -> tuple[bool, int]:
    return one.rank is None, one.rank or 0


def _joined(service: Service, over: OverTime, attributions: list[AttributionSummary]) -> Joined | None:
    if over.window is None or over.window.endpoint is None or not attributions:
        return None
    with service.database.read() as connection:
        for schedule in _of_data_quality(connection, over.window.endpoint):
            window = _window_until(connection, schedule, over.window)
            summary = find_summary(connection, window.id) if window else None
            if window and summary and (features := _both(summary, attributions)):
                even = 1 / sum(one.value is not None for one in attributions)
                return Joined(schedule, window, features, even)
    return None


def _of_data_quality(connection: Connection, endpoint: str) -> list[Resource]:
    where = (resources.c.endpoint == endpoint, resources.c.monitoring_type == "DataQuality")
    return find_all(connection, SCHEDULE, *where)[:MOST_SCHEDULES]


def _window_until(connection: Connection, schedule: Resource, of: Execution) -> Execution | None:
    """The last window with a summary that began no later."""
    c = executions.c
    where = (c.schedule_id == schedule.id, c.window_start_at <= of.window_start_at)
    kept = executions.join(window_summaries, window_summaries.c.execution_id == c.id)
    query = select(*COLUMNS).select_from(kept).where(*where)
    row = connection.execute(query.order_by(c.scheduled_at.desc(), c.id.desc()).limit(1)).first()
    return Execution.of(row) if row else None


def _both(summary: Summary, attributions: list[AttributionSummary]) -> tuple[Both, ...]:
    uses = dict(zip(summary.features.name, summary.features.use, strict=True))
    total = sum(abs(one.value) for one in attributions if one.value is not None)
    n = sum(one.value is not None for one in attributions)
    found = []
    for one in attributions:
        drift = uses.get(one.feature)
        if drift is None or one.value is None or not total:
            continue
        share = abs(one.value) / total
        found.append(Both(one.feature, drift, share, _quadrant(drift > 1, share > 1 / n)))
    return tuple(found)


def _quadrant(drifts: bool, matters: bool) -> Quadrant:
    if drifts:
        return "drifts and matters" if matters else "drifts, matters little"
    return "matters, is stable" if matters else "is stable"
