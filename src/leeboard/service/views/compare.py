"""Two windows side by side: of one schedule, or of two schedules of one type."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from leeboard.errors import LeeboardError
from leeboard.formats.summary import Summary
from leeboard.service import scheduling
from leeboard.service.arns import SCHEDULE
from leeboard.service.executions import Execution
from leeboard.service.history import windows_of
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.service.service import Service
from leeboard.service.views.comparing import Compared, compared
from leeboard.service.views.distributions import BinSide, Distribution, FoundFeature, distribution
from leeboard.service.views.over_time import USUAL, window_of
from leeboard.service.views.variants import VariantWindow, captured_places, variant_window, variants_of
from leeboard.service.views.window_features import found_feature
from leeboard.service.views.windows import summary_of_execution
from leeboard.state.tables import resources

MOST_SUGGESTED = 200
ENDED_WELL = ("Completed", "CompletedWithViolations")


@dataclass(frozen=True, slots=True)
class Side:
    """One window, and what it could be instead.

    Attributes:
        choices: windows of the schedule that ended well, newest first.
        variants: names of those that can be looked at alone; none of an endpoint with one.
        alone: the chosen variant, analysed by itself; None for all together.
        fault: why that cannot be done.
    """

    schedule: Resource
    window: Execution | None
    choices: tuple[Execution, ...]
    summary: Summary | None
    variants: tuple[str, ...] = ()
    variant: str = ""
    alone: VariantWindow | None = None
    fault: str = ""

    def feature(self, service: Service, name: str) -> FoundFeature | None:
        if self.alone is not None:
            return self.alone.feature(name)
        return found_feature(service, self.window, name) if self.window else None


@dataclass(frozen=True, slots=True)
class CompareTold:
    """What a page shows of two windows.

    Attributes:
        left, right: None where nothing was asked for yet.
        rows: what both or one of them have, what differs most first.
        feature: the one whose values are overlaid; "" for none.
        moved: the share of its values that lie elsewhere, in [0, 1].
        suggested: names of schedules that a side could be.
    """

    left: Side | None
    right: Side | None
    rows: tuple[Compared, ...]
    feature: str
    distribution: Distribution | None
    moved: float | None
    fault: str
    suggested: tuple[tuple[str, str | None], ...]


def compare_told(service: Service, asked: dict[str, str]) -> CompareTold:
    """Two windows.

    Args:
        asked: `left`, `right`: names of schedules; `left_window`, `right_window`: ids of executions, ""
            for the last one, or for the one before the right side's, or for the same one if one side is
            a variant; `left_variant`, `right_variant`: "" for all; `feature`.

    Raises:
        ResourceNotFoundError: a schedule or window is not there.
        InvalidRequestError: the schedules are of different types.
    """
    with service.database.read() as connection:
        pair = _pair(connection, asked) if asked["left"] else None
        suggested = _suggested(connection, pair[0][0].monitoring_type if pair else None)
    if pair is None:
        return CompareTold(None, None, (), "", None, None, "", suggested)
    variants = asked["left_variant"], asked["right_variant"]
    left, right = (_side(service, *each, variant) for each, variant in zip(pair, variants, strict=True))
    rows = compared(left.summary, right.summary) if left.summary and right.summary else []
    feature, spread, fault = _feature(service, left, right, asked["feature"], rows)
    moved = moved_share(spread) if spread else None
    return CompareTold(left, right, tuple(rows), feature, spread, moved, fault, suggested)


Chosen = tuple[Resource, Execution | None, tuple[Execution, ...]]


def _pair(connection: Connection, asked: dict[str, str]) -> tuple[Chosen, Chosen]:
    left = scheduling.existing(connection, asked["left"])
    right = scheduling.existing(connection, asked["right"] or asked["left"])
    if left.monitoring_type != right.monitoring_type:
        raise InvalidRequestError(
            f"{left.name} is of type {left.monitoring_type} and {right.name} of type "
            f"{right.monitoring_type}: choose two schedules of one type"
        )
    later = _chosen(connection, right, asked["right_window"], before=None)
    is_split = asked["left_variant"] != asked["right_variant"]
    before = later[1] if left.id == right.id and not is_split else None
    return _chosen(connection, left, asked["left_window"], before=before), later


def _chosen(connection: Connection, schedule: Resource, number: str, *, before: Execution | None) -> Chosen:
    found = windows_of(connection, [schedule.id], limit=USUAL)
    choices = tuple(one for one in reversed(found) if one.status in ENDED_WELL)
    if number:
        return schedule, window_of(connection, schedule, number), choices
    earlier = [one for one in choices if before is None or one.scheduled_at < before.scheduled_at]
    return schedule, (earlier or choices or (None,))[0], choices


def _side(service: Service, schedule: Resource, window: Execution | None, choices: Any, variant: str) -> Side:
    names = _variants(service, schedule)
    if window is None:
        return Side(schedule, None, choices, None, names)
    if not variant:
        return Side(schedule, window, choices, summary_of_execution(service, window), names)
    try:
        alone = variant_window(service, window, variant)
    except LeeboardError as error:
        return Side(schedule, window, choices, None, names, variant, fault=str(error))
    return Side(schedule, window, choices, alone.summary, names, variant, alone)


def _variants(service: Service, schedule: Resource) -> tuple[str, ...]:
    if schedule.monitoring_type != "DataQuality" or schedule.endpoint is None:
        return ()
    with service.database.read() as connection:
        places = captured_places(connection, schedule.endpoint)
    try:
        found = variants_of(places)
    except LeeboardError:
        return ()
    return tuple(found) if len(found) > 1 else ()


def _suggested(connection: Connection, monitoring_type: str | None) -> tuple[tuple[str, str | None], ...]:
    c = resources.c
    where = [c.kind == SCHEDULE, *([c.monitoring_type == monitoring_type] if monitoring_type else [])]
    query = select(c.name, c.endpoint).where(*where).order_by(c.key).limit(MOST_SUGGESTED)
    return tuple((row.name, row.endpoint) for row in connection.execute(query))


def _feature(
    service: Service, left: Side, right: Side, asked: str, rows: list[Compared]
) -> tuple[str, Distribution | None, str]:
    if left.window is None or right.window is None or left.schedule.monitoring_type != "DataQuality":
        return "", None, ""
    name = asked or next((row.name for row in rows if not row.is_alone), "")
    if not name:
        return "", None, ""
    try:
        sides = [side.feature(service, name) for side in (left, right)]
        return name, distribution(name, *sides) if any(sides) else None, ""
    except LeeboardError as error:
        return name, None, str(error)


def moved_share(found: Distribution) -> float | None:
    """How much of one side would have to move to make the other: the total variation of what is shown."""
    if found.kind == "values":
        pairs = [(one.baseline, one.window) for one in found.values]
        if any(a is None for a, _ in pairs) or any(b is None for _, b in pairs):
            return None
        return sum(abs((a or 0.0) - (b or 0.0)) for a, b in pairs) / 2
    if found.bins is None or found.bins.baseline is None or found.bins.window is None:
        return None
    a, b = _all_shares(found.bins.baseline), _all_shares(found.bins.window)
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / 2


def _all_shares(side: BinSide) -> list[float]:
    return [side.below, *side.shares, side.above]
