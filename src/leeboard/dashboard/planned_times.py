"""When a schedule would run by what a form says: in words, with its next times and the window of each."""

from leeboard.dashboard.setup_form import expression_of
from leeboard.dashboard.typed import Typed
from leeboard.dashboard.visit import Visit
from leeboard.service.monitor_types import MERGING
from leeboard.service.refusals import RefusalError
from leeboard.service.setup.documents import offsets_of
from leeboard.service.views.upcoming import Planned, planned

DEFAULTS = {"every": "1h", "hours": "6", "at": "06:00", "wait_h": "1", "datapoints": "1", "period": "1"}
"""Fields of forms before somebody fills them."""
Plan = list[tuple[str, Planned]]
"""For which monitors, "" for all, and when."""


def plan_of(visit: Visit, values: dict[str, str], monitors: tuple[str, ...]) -> Plan:
    """When it would run, for monitors with labels and without."""
    typed = Typed(values)
    expression, wait_h = expression_of(typed), typed.whole("wait_h", 1, 0, 720)
    if typed.errors:
        return [("", Planned(reason=next(iter(typed.errors.values()))))]
    kinds = {kind in MERGING for kind in monitors} or {False}
    return [
        ("with labels" if merges and len(kinds) > 1 else "without labels" if len(kinds) > 1 else "",
         _planned(visit, expression, wait_h if merges else 0))
        for merges in sorted(kinds)
    ]  # fmt: skip


def _planned(visit: Visit, expression: str, wait_h: int) -> Planned:
    try:
        told = offsets_of(expression, wait_h, visit.now) if wait_h else {}
    except RefusalError as error:
        return Planned(reason=error.message)
    return planned(
        expression, visit.now, start=told.get("StartTimeOffset"), end=told.get("EndTimeOffset"),
        is_strict=visit.service.settings.is_strict,
    )  # fmt: skip


def plan_with_offsets(visit: Visit, values: dict[str, str]) -> Plan:
    """For one schedule, whose window is given as offsets."""
    typed = Typed(values)
    expression = expression_of(typed)
    if typed.errors:
        return [("", Planned(reason=next(iter(typed.errors.values()))))]
    told = planned(
        expression, visit.now, start=values.get("start") or None, end=values.get("end") or None,
        is_strict=visit.service.settings.is_strict,
    )  # fmt: skip
    return [("", told)]
