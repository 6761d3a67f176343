"""What a MonitoringScheduleConfig and a job definition may say; documents are dicts as boto3 sends them."""

from datetime import datetime, timedelta

from leeboard.service.monitor_types import INLINE_TYPE, MERGING
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.durations import parse_duration, parse_offset
from leeboard.service.schedules.expressions import Expression, parse_expression
from leeboard.service.schedules.monitored import Document, MonitoredInput
from leeboard.service.schedules.windows import window_of

LONGEST_STRICT_WINDOW = timedelta(hours=24)
STRICT_MERGE_RUNTIME_S = 1800
DEFAULT_RUNTIME_S = 3600
OFFSETS = ("StartTimeOffset", "EndTimeOffset")
ANALYSIS_TIMES = ("DataAnalysisStartTime", "DataAnalysisEndTime")


def monitoring_type_of(config: Document) -> str:
    """The type that a MonitoringScheduleConfig is for, whose form is checked here.

    Raises:
        InvalidRequestError: unless it has exactly one of an inline definition and a name with a type.
    """
    has_inline = config.get("MonitoringJobDefinition") is not None
    has_name = config.get("MonitoringJobDefinitionName") is not None
    kind = config.get("MonitoringType")
    if has_inline == has_name:
        found = "both" if has_inline else "neither"
        raise InvalidRequestError(
            f"MonitoringScheduleConfig has {found} of MonitoringJobDefinition and "
            f"MonitoringJobDefinitionName: give one of them, the name together with MonitoringType."
        )
    if has_name and kind is None:
        raise InvalidRequestError("MonitoringJobDefinitionName is given without MonitoringType: give both.")
    if has_inline and kind not in (None, INLINE_TYPE):
        raise InvalidRequestError(
            f"MonitoringType is {kind!r}, but an inline MonitoringJobDefinition is for {INLINE_TYPE}: "
            f"create a job definition of that type and give its name."
        )
    return str(kind or INLINE_TYPE)


def check_definition(definition: Document) -> MonitoredInput:
    """What a job definition may say whatever schedule uses it: one input, and offsets that can be read."""
    source = MonitoredInput.of(definition)
    for name in OFFSETS:
        if (text := source.document.get(name)) is not None:
            _check_past(name, text, parse_offset(text, name))
    return source


def check_schedule(
    config: Document, *, created_at: datetime, now: datetime, is_strict: bool = False
) -> Expression:
    """What a schedule may say whatever definition it uses; an inline definition is checked with it.

    Args:
        created_at: of the schedule, also when it is updated: the hour of a daily run hangs on it.
        now: the present; an expression that names no time after it is refused.

    Raises:
        InvalidRequestError: for the first rule that is broken.
    """
    monitoring_type_of(config)
    schedule = _schedule_of(config)
    expression = parse_expression(
        schedule.get("ScheduleExpression"), created_at=created_at, is_strict=is_strict
    )
    _check_analysis_times(schedule, expression, is_strict=is_strict)
    if not expression.is_once and expression.next_after(now) is None:
        raise InvalidRequestError(
            f"ScheduleExpression {expression.text!r} never fires: "
            f"it names no time after {now:%Y-%m-%dT%H:%M}Z."
        )
    if (inline := config.get("MonitoringJobDefinition")) is not None:
        check_definition(inline)
        check_together(config, inline, expression, at=now, is_strict=is_strict)
    return expression


def check_together(
    config: Document, definition: Document, expression: Expression, *, at: datetime, is_strict: bool = False
) -> None:
    """What a schedule and its definition may say together: a window with time in it, and a run that fits.

    Args:
        definition: as it was sent, without filled-in defaults: a default is not held against the period.
        at: the present.
    """
    schedule, source = _schedule_of(config), MonitoredInput.of(definition)
    start, end = (schedule.get(name) for name in ANALYSIS_TIMES)
    window_of(
        at,
        expression.shortest_period(at) or expression.period_at(at),
        start_offset=source.start_offset,
        end_offset=source.end_offset,
        analysis_start=start,
        analysis_end=end,
        is_strict=is_strict,
    )
    runtime_s = (definition.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
    if runtime_s is not None:
        _check_runtime(runtime_s, expression, monitoring_type_of(config), at, is_strict=is_strict)


def runtime_limit_s(definition: Document) -> int:
    """How long a job of this definition may run: as sent, else an hour, as AWS fills in."""
    sent = (definition.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
    return DEFAULT_RUNTIME_S if sent is None else int(sent)


def _schedule_of(config: Document) -> Document:
    schedule: Document = config.get("ScheduleConfig") or {}
    return schedule


def _check_analysis_times(schedule: Document, expression: Expression, *, is_strict: bool) -> None:
    times = {name: text for name in ANALYSIS_TIMES if (text := schedule.get(name)) is not None}
    lengths = {name: parse_duration(text, name) for name, text in times.items()}
    if missing := [name for name in ANALYSIS_TIMES if expression.is_once and name not in times]:
        raise InvalidRequestError(
            f"ScheduleExpression NOW needs {' and '.join(ANALYSIS_TIMES)}, but {' and '.join(missing)} "
            f"is missing. For the last hour give -PT1H and -PT0H."
        )
    for name, length in lengths.items():
        _check_past(name, times[name], length)
    start, end = (lengths.get(name) for name in ANALYSIS_TIMES)
    if start is not None:
        _check_length(times, start, end or timedelta(), is_strict=is_strict)


def _check_length(times: dict[str, str], start: timedelta, end: timedelta, *, is_strict: bool) -> None:
    found = " and ".join(f"{name} {text}" for name, text in times.items())
    if end < start or (end == start and not is_strict):
        raise InvalidRequestError(f"{found} leave no time to analyse: let the end be after the start.")
    if is_strict and end - start > LONGEST_STRICT_WINDOW:
        raise InvalidRequestError(f"{found} span more than 24 hours, which strict mode refuses.")


def _check_past(name: str, text: str, length: timedelta) -> None:
    if length > timedelta():
        raise InvalidRequestError(
            f"{name} is {text!r}, which is after the scheduled time: nothing is captured by then. "
            f"Write -{text.lstrip('+')} for a time before it."
        )


def _check_runtime(
    runtime_s: int, expression: Expression, monitoring_type: str, at: datetime, *, is_strict: bool
) -> None:
    period = expression.shortest_period(at)
    if period is None:
        return
    period_s = int(period.total_seconds())
    is_merging = is_strict and monitoring_type in MERGING and period_s == DEFAULT_RUNTIME_S
    longest_s = STRICT_MERGE_RUNTIME_S if is_merging else period_s
    if runtime_s > longest_s:
        reason = "an hourly schedule that merges labels allows" if is_merging else f"{expression.text} allows"
        raise InvalidRequestError(
            f"MaxRuntimeInSeconds is {runtime_s}, but {reason} at most {longest_s}: the next execution "
            f"is due by then. Lower it, or let the schedule fire less often."
        )
