"""Reports as pages, fragments for notebooks, and tables for a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from leeboard.report.page import environment, policy, source
from leeboard.report.report import Report, SectionContent
from leeboard.report.sections import SECTIONS, Section
from leeboard.report.words import counted

MOST_VIOLATIONS = 500


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A section as it goes into the page."""

    name: str
    title: str
    html: Markup


def render_html(report: Report) -> str:
    """The whole page as text; a monitor that is alone may have a page of its own.

    What it shows of the data is escaped, and a policy in its head forbids it to load anything.
    """
    first = report.sections[0]
    entry = _section(first)
    if entry.page and len(report.sections) == 1:
        return entry.page(report, first)
    style = Markup("\n").join([source("style.css"), *map(_style, _names(report))])
    return (
        environment()
        .get_template("report.html")
        .render(**_facts(report), style=style, policy=policy(style, ""))
    )


def to_notebook_html(report: Report) -> str:
    """A fragment without script or ids, for `_repr_html_`."""
    first = report.sections[0]
    entry = _section(first)
    if entry.notebook and len(report.sections) == 1:
        return entry.notebook(report, first)
    style = Markup("\n").join([source("notebook.css"), *map(_style, _names(report))])
    return environment().get_template("report_notebook.html").render(**_facts(report), style=style)


def terminal_tables(report: Report) -> Sequence[Any]:
    """What a terminal shows, as renderables of rich."""
    return [shown for content in report.sections for shown in _section(content).terminal(content)]


def _section(content: SectionContent) -> Section:
    """A monitor of another distribution may come without one."""
    known = content.monitor in SECTIONS
    return SECTIONS.get(content.monitor) if known else Section(content.monitor, _nothing, lambda _: [])


def _nothing(content: SectionContent) -> Markup:
    return Markup("")


def _facts(report: Report) -> dict[str, Any]:
    violations = [one for each in report.sections if each.violations for one in each.violations.violations]
    badge = counted(len(violations), "violation") if violations else "no violations"
    return {
        "report": report,
        "badge": badge if report.kind == "check" else "baseline",
        "state": "plain" if report.kind != "check" else "bad" if violations else "good",
        "violations": violations[:MOST_VIOLATIONS],
        "n_more": max(0, len(violations) - MOST_VIOLATIONS),
        "sections": list(map(_drawn, report.sections)),
    }


def _drawn(content: SectionContent) -> _Drawn:
    title = content.monitor.replace("-", " ").capitalize()
    return _Drawn(content.monitor, title, _section(content).html(content))


def _names(report: Report) -> Iterator[str]:
    return (content.monitor for content in report.sections)


@cache
def _style(name: str) -> Markup:
    file = files("leeboard.report").joinpath("templates", "sections", f"{name}.css")
    return Markup(file.read_text("utf-8")) if file.is_file() else Markup("")  # noqa: S704 - ours
