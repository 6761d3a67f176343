"""What windows are called."""

from leeboard.service.executions import Execution


def window_name(window: Execution | None, otherwise: str = "baseline") -> str:
    """From when to when it is; `otherwise` where there is none."""
    if window is None:
        return otherwise
    start, end = window.window_start_at, window.window_end_at
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until}"
