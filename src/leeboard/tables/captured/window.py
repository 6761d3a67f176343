"""Which capture records belong to a window of time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from leeboard.storage.layout import hour_in
from leeboard.tables.captured.envelopes import SelectedRecord

Window = tuple[datetime, datetime]
_REMEMBERED_TIMES = 1 << 16


def in_window(window: Window) -> Callable[[str | None], bool]:
    """Whether a time as text is in [start, end); one that cannot be read counts as inside."""
    start, end = map(aware, window)

    @lru_cache(_REMEMBERED_TIMES)
    def is_inside(text: str | None) -> bool:
        try:
            return start <= aware(datetime.fromisoformat(text or "")) < end
        except ValueError:
            return True

    return is_inside


def selects(window: Window | None, target_model: str | None) -> Callable[[SelectedRecord], bool] | None:
    """Which records are wanted; None for all."""
    if window is None and target_model is None:
        return None
    is_inside = in_window(window) if window else lambda text: True

    def wants(record: SelectedRecord) -> bool:
        return is_inside(record.eventMetadata.inferenceTime) and target_model in (None, record.targetModel)

    return wants


def outside_hours(window: Window | None) -> Callable[[str], str | None]:
    """Why a file in the folder of an hour need not be opened: no moment of the hour is in the window."""
    if window is None:
        return lambda uri: None
    start, end = map(aware, window)

    def reason(uri: str) -> str | None:
        hour = hour_in(uri)
        if hour is None or (hour < end and hour + timedelta(hours=1) > start):
            return None
        return f"in folders of hours outside {start:%Y-%m-%dT%H:%M}Z to {end:%Y-%m-%dT%H:%M}Z"

    return reason


def aware(moment: datetime) -> datetime:
    """Times without a zone are UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
