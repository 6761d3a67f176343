"""Draws views with the templates of this room."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from itertools import count
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from leeboard.dashboard.answers import View
from leeboard.dashboard.sparkline import sparkline
from leeboard.dashboard.visit import Visit
from leeboard.report.words import clipped, counted, named, number, percent, visible

ROOT = "/dashboard"
Tabs = tuple[tuple[str, str, str], ...]
"""What the navigation calls pages, their paths, and the keys that lead there."""
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
MINUTES, SECONDS = len("2026-11-26 10:00"), len("2026-11-26T10:00:00")


def render(view: View, visit: Visit, tabs: Tabs, notice: str = "", *, is_bad: bool = False) -> str:
    """The page as HTML, or the part of it that was asked for."""
    context = {
        **view.context,
        "view": view,
        "visit": visit,
        "notice": notice,
        "notice_is_bad": is_bad,
        "tabs": tabs,
        "now": visit.now,
        "here": partial(here, visit),
        "chart_id": _ids("chart"),
    }
    template = _environment().get_template(view.template)
    if visit.is_fragment and view.fragment:
        made = template.new_context(context)
        return "".join(template.blocks[view.fragment](made))
    return template.render(context)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("leeboard.dashboard"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=number, percent=percent, named=named, clipped=clipped, instant=instant, ago=ago,
        duration=duration, iso=iso, cell=cell,
    )  # fmt: skip
    made.globals.update(counted=counted, url=url, static=static, sparkline=sparkline)
    return made


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _ids(word: str) -> Callable[[], str]:
    """Names of elements, each once in a page."""
    numbers = count(1)
    return lambda: f"{word}-{next(numbers)}"


def cell(value: Any) -> str:
    """A number or text as it stands in a table."""
    return value if isinstance(value, str) else number(value)


def url(path: str, **query: Any) -> str:
    """A path below the dashboard with its query; parameters that are None or "" are left out."""
    kept = [(name, value) for name, value in query.items() if value not in (None, "")]
    return ROOT + path + (f"?{urlencode(kept, doseq=True)}" if kept else "")


def here(visit: Visit, **changed: Any) -> str:
    """The path of this very view with some parameters changed, or left out where they are None."""
    kept: dict[str, Any] = {name: values for name, values in visit.query.items() if name != "export"}
    return url(visit.path, **(kept | changed))


@cache
def static(name: str) -> str:
    """A file of ours, under a name that changes with its content."""
    content = files("leeboard.dashboard").joinpath("static", name).read_bytes()
    return f"{ROOT}/static/{name}?v={sha256(content).hexdigest()[:12]}"


def instant(at: datetime | None) -> str:
    """A time in UTC to the minute."""
    return at.isoformat(" ", "minutes")[:MINUTES] if at else "–"  # far quicker than strftime


def iso(at: datetime | None) -> str:
    """A time for machines."""
    return f"{at.isoformat('T', 'seconds')[:SECONDS]}Z" if at else ""


def ago(at: datetime | None, now: datetime) -> str:
    """How far a time is from now, in words.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    >>> ago(noon - timedelta(minutes=3), noon), ago(noon + timedelta(hours=2), noon), ago(noon, noon)
    ('3 min ago', 'in 2 h', 'now')
    """
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    length = duration(abs(seconds))
    if abs(seconds) < 1:
        return "now"
    return f"{length} ago" if seconds > 0 else f"in {length}"


def duration(seconds: float | timedelta | None) -> str:
    """A length of time in its largest unit.

    >>> duration(0.25), duration(42), duration(200), duration(7300), duration(200_000)
    ('0.25 s', '42 s', '3 min', '2 h', '2 d')
    """
    if seconds is None:
        return "–"
    length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    if length < MINUTE_S:
        return f"{number(length, 2)} s"
    for unit_s, name in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if length >= unit_s:
            return f"{length / unit_s:.0f} {name}"
    return ""
