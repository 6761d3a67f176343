"""Charts of what the windows of a schedule say, with the runs that violated or failed marked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.rendering import iso
from leeboard.report.words import clipped, counted
from leeboard.service.executions import Execution
from leeboard.service.summaries import History
from leeboard.service.views.deployed import Deployment

Unit = Literal["share", "count", "number"]
Series = Mapping[str, Any]
Link = Callable[[Execution], str]
Marked = Sequence[bool | int | None]
Side = Literal["above", "below"]
MOST_FAILURES = 40
"""The latest; more marks would hide the lines."""


def line(name: str, values: Sequence[Any], **more: Any) -> dict[str, Any]:
    """One series; `low` and `high` are left out where no value has any."""
    kept = {
        key: value
        for key, value in more.items()
        if key not in ("low", "high") or any(each is not None for each in value or ())
    }
    return {"name": name, "values": list(values), **kept}


def level(name: str, value: float | None, n: int, *, spread: float | None = None) -> list[dict[str, Any]]:
    """The baseline's value as a dashed line over all windows, with a band where its spread is known."""
    if value is None:
        return []
    band = {"low": [value - spread] * n, "high": [value + spread] * n} if spread else {}
    return [line(name, [value] * n, kind="dashed", colour="was", **band)]


def over_windows(
    title: str,
    history: History,
    series: Sequence[Series],
    link: Link,
    *,
    name: str,
    violated: Marked = (),
    marks: Sequence[Series] = (),
    unit: Unit = "number",
    height: int = 180,
    **more: Any,
) -> Chart:
    """Lines over the windows.

    Args:
        link: where a point leads, by its window.
        violated: whether something was broken, a window an entry.
        marks: others than violations and failures.
        more: `limits`, `limit_series`, `y_min`, `y_max` as the chart takes them.
    """
    data = {
        "times": [iso(at) for at in history.times],
        "series": list(series),
        "marks": [*marks, *_violations(history, violated), *_failures(history)],
        "links": [link(window) for window in history.windows],
        "unit": unit,
        **{key: value for key, value in more.items() if value not in (None, [])},
    }
    return Chart("lines", title, data, name, height)


def bad_side(operator: str | None) -> Side:
    """The side of a limit on which a measure is broken, by AWS's word for it.

    >>> bad_side("GreaterThanThreshold"), bad_side("LessThanThreshold")
    ('above', 'below')
    """
    return "above" if (operator or "").startswith("Greater") else "below"


def limits(value: float | None, side: Side, name: str = "limit") -> list[dict[str, Any]]:
    """A fixed limit, if there is one; the side is the bad one."""
    return [] if value is None else [{"name": name, "value": value, "side": side}]


def deployed(deployments: Iterable[Deployment]) -> list[dict[str, Any]]:
    """Marks of what answered from when on."""
    return [{"at": iso(each.at), "label": each.words, "kind": "deployment"} for each in deployments]


def _violations(history: History, violated: Marked) -> list[dict[str, Any]]:
    pairs = zip(history.windows, violated, strict=False)
    return [
        {
            "at": iso(window.window_start_at),
            "label": counted(int(n), "violation"),
            "kind": "violation",
            "series": 0,
        }
        for window, n in pairs
        if n
    ]


def _failures(history: History) -> list[dict[str, Any]]:
    failed = [window for window in history.windows if window.status == "Failed"][-MOST_FAILURES:]
    return [
        {"at": iso(one.window_start_at), "label": clipped(one.failure_reason or "", 80), "kind": "failed"}
        for one in failed
    ]


def some(charts: Sequence[Chart | None]) -> list[Chart]:
    """Those that there are."""
    return [chart for chart in charts if chart is not None]
