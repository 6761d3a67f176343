"""The files that decide over a schedule's windows, and what windows would have raised with others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from leeboard.errors import LeeboardError
from leeboard.formats.source import Source
from leeboard.service.definitions import with_baseline_files
from leeboard.service.executions import Execution
from leeboard.service.history import windows_of
from leeboard.service.monitor import Monitor
from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.service.scheduling import monitor_of
from leeboard.service.service import Service
from leeboard.service.setup import tuned_attribution, tuned_bias, tuned_data, tuned_quality
from leeboard.service.setup.tunable import Broken, Documents, Judged, Tunable
from leeboard.service.window_files import places_of, read_whole
from leeboard.storage import join

TUNABLES: dict[str, Tunable] = {
    one.TUNABLE.monitoring_type: one.TUNABLE
    for one in (tuned_data, tuned_quality, tuned_bias, tuned_attribution)
}
MOST_BYTES = 32 << 20
MOST_STATISTICS_BYTES = 128 << 20
MOST_WINDOWS = 48
ENDED_WELL = ("Completed", "CompletedWithViolations")


def tunable_of(schedule: Resource) -> Tunable:
    """How a schedule is tuned."""
    return TUNABLES[schedule.monitoring_type or INLINE_TYPE]


def documents_of(service: Service, schedule: Resource) -> Documents:
    """The files as they are now.

    Raises:
        InvalidRequestError: the schedule has no constraints, or no definition any more.
        LeeboardError: a file is not there, or is none.
    """
    with service.database.read() as connection:
        monitor, told = _told(connection, schedule)
    constraints = (told.get("ConstraintsResource") or {}).get("S3Uri", "")
    statistics = (told.get("StatisticsResource") or {}).get("S3Uri", "")
    config = monitor.application.get("ConfigUri", "")
    if not constraints:
        raise InvalidRequestError(
            f"{schedule.name} compares with nothing: it has no constraints to edit. Make a baseline first"
        )
    is_strict = service.settings.is_strict
    return Documents(_read(constraints), _read(config), constraints, config, statistics, is_strict)


def _told(connection: Connection, schedule: Resource) -> tuple[Monitor, dict[str, Any]]:
    monitor = monitor_of(connection, schedule)
    if monitor is None:
        raise InvalidRequestError(f"the definition {schedule.definition} of {schedule.name} was deleted")
    return monitor, with_baseline_files(connection, monitor.baseline, monitor.monitoring_type)


def _read(uri: str) -> dict[str, Any]:
    if not uri:
        return {}
    source = Source(uri)
    found = source.parse(read_whole(uri, most_bytes=MOST_BYTES))
    if not isinstance(found, dict):
        raise source.error("no JSON object; expected a file of constraints")
    return found


@dataclass(frozen=True, slots=True)
class Seen:
    """One window, judged by the constraints as they are and as they would be.

    Attributes:
        reason: why it could not be judged.
    """

    execution: Execution
    before: Judged | None
    after: Judged | None
    reason: str = ""

    def is_broken(self, subject: str) -> tuple[bool, bool]:
        """Whether the subject broke anything before, and after."""
        sides = (self.before, self.after)
        return tuple(  # type: ignore[return-value]
            side is not None and any(name == subject for name, _ in side.broken) for side in sides
        )


def seen(
    service: Service, schedule: Resource, before: Documents, after: Documents, *, limit: int
) -> list[Seen]:
    """The last windows that ended well, oldest first."""
    with service.database.read() as connection:
        found = windows_of(connection, [schedule.id], limit=4 * limit)
        last = {one.scheduled_at: one for one in found if one.status in ENDED_WELL}
        windows = list(last.values())[-limit:]
        places = [places_of(connection, window) for window in windows]
    tunable = tunable_of(schedule)
    return [
        _seen(tunable, window, place.results if place else "", before, after)
        for window, place in zip(windows, places, strict=True)
    ]


def _seen(tunable: Tunable, window: Execution, results: str, before: Documents, after: Documents) -> Seen:
    if not results:
        return Seen(window, None, None, "its results are not known any more")
    uri = join(results, tunable.file)
    try:
        content = read_whole(uri, most_bytes=MOST_STATISTICS_BYTES)
        was = tunable.judge(before, content, uri)
        return Seen(window, was, was if after is before else tunable.judge(after, content, uri))
    except LeeboardError as error:
        return Seen(window, None, None, str(error))


def suggestions(tunable: Tunable, documents: Documents, windows: Sequence[Seen]) -> dict[str, float]:
    """A limit for each subject that would have left its calm windows alone: those in which it broke
    nothing with the constraints as they are.
    """
    found = {}
    for row in tunable.rows(documents):
        values = [
            one.before.values[row.subject]
            for one in windows
            if one.before and row.subject in one.before.values and not one.is_broken(row.subject)[0]
        ]
        limit = tunable.suggest(values, row) if values and tunable.limit else None
        if limit is not None:
            found[row.subject] = limit
    return found


def counts(windows: Sequence[Seen]) -> list[tuple[int, int]]:
    """Violations of each window, before and after."""
    return [(_n(one.before), _n(one.after)) for one in windows]


def _n(side: Judged | None) -> int:
    return len(side.broken) if side else 0


def all_broken(windows: Sequence[Seen]) -> dict[Broken, tuple[list[bool], list[bool]]]:
    """Each subject and check that was broken in any window, before or after, window by window."""
    named: dict[Broken, None] = {}
    for one in windows:
        for side in (one.before, one.after):
            named |= dict.fromkeys(sorted(side.broken) if side else ())
    return {
        each: (
            [bool(one.before and each in one.before.broken) for one in windows],
            [bool(one.after and each in one.after.broken) for one in windows],
        )
        for each in named
    }
