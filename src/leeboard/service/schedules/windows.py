"""Which data an execution reads: from when to when, and in which hour folders."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.durations import format_duration, parse_duration, parse_offset
from leeboard.storage.layout import HOUR, hour_of, hours_of


@dataclass(frozen=True, slots=True)
class Window:
    """The records of [start_at, end_at) and the hours of the folders that may hold them, in order.

    In strict mode the times are those of whole folders, so that a filter by time keeps all of them.
    """

    start_at: datetime
    end_at: datetime
    hours: tuple[datetime, ...]
    warnings: tuple[str, ...] = ()


def window_of(
    scheduled_at: datetime,
    period: timedelta,
    *,
    start_offset: str | None = None,
    end_offset: str | None = None,
    analysis_start: str | None = None,
    analysis_end: str | None = None,
    is_strict: bool = False,
) -> Window:
    """The window of the execution that is scheduled for `scheduled_at`.

    Args:
        scheduled_at: the scheduled time T, aware.
        period: the distance to the scheduled time before T.
        start_offset: StartTimeOffset of the monitored input; without it, one period before T.
        end_offset: EndTimeOffset of the monitored input; without it, T.
        analysis_start: DataAnalysisStartTime of the schedule.
        analysis_end: DataAnalysisEndTime of the schedule. With either of them the offsets are not used.
        is_strict: whole hour folders, the hour of a named end included, as SageMaker reads them.

    Raises:
        InvalidRequestError: for durations that cannot be read and for windows without any time.
    """
    offsets = _durations({"StartTimeOffset": start_offset, "EndTimeOffset": end_offset})
    analysis = _durations({"DataAnalysisStartTime": analysis_start, "DataAnalysisEndTime": analysis_end})
    used = analysis or offsets
    start = next((length for name, length in used.items() if "Start" in name), -period)
    end = next((length for name, length in used.items() if "End" in name), timedelta())
    warnings = _warnings(analysis, offsets)
    _check(start, end, is_strict=is_strict)
    at = scheduled_at.astimezone(UTC)
    if is_strict:
        return _of_folders(at + start, at + end, has_end_hour=bool(used), warnings=warnings)
    return Window(at + start, at + end, tuple(hours_of(at + start, at + end)), warnings)


def _durations(texts: dict[str, str | None]) -> dict[str, timedelta]:
    return {
        name: parse_offset(text, name) if name.endswith("Offset") else parse_duration(text, name)
        for name, text in texts.items()
        if text is not None
    }


def _warnings(analysis: dict[str, timedelta], offsets: dict[str, timedelta]) -> tuple[str, ...]:
    if not (analysis and offsets):
        return ()
    return (f"{' and '.join(offsets)} of the input are not used: the schedule has {' and '.join(analysis)}",)


def _check(start: timedelta, end: timedelta, *, is_strict: bool) -> None:
    if end < start or (end == start and not is_strict):
        raise InvalidRequestError(
            f"the window holds no time: it would begin at {format_duration(start)} and end at "
            f"{format_duration(end)} from the scheduled time. Let the end be after the start."
        )


def _of_folders(start: datetime, end: datetime, *, has_end_hour: bool, warnings: tuple[str, ...]) -> Window:
    last = hour_of(end) + HOUR if has_end_hour else end
    hours = tuple(hours_of(hour_of(start), last))
    return Window(hours[0], hours[-1] + HOUR, hours, warnings)
