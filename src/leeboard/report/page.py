"""The report as one HTML file that loads nothing and runs on its own."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from leeboard.report.columns import columns_of, findings_of
from leeboard.report.content import ReportContent
from leeboard.report.verdict import verdict_of
from leeboard.report.words import chance, clipped, counted, named, number, percent, visible

if TYPE_CHECKING:
    from jinja2 import Environment

LONGEST_NAME = 200
LONGEST_SAMPLE = 400


def render_page(content: ReportContent) -> str:
    """The whole page of data quality as text.

    What it shows of the data is escaped, and a policy in its head forbids it to load anything and
    to run anything but our own script.
    """
    columns = columns_of(content)
    findings = findings_of(content)
    style, script = source("style.css"), source("page.js")
    return (
        environment()
        .get_template("page.html")
        .render(
            content=content,
            columns=sorted(columns, key=lambda column: column.urgency),
            findings=findings,
            verdict=verdict_of(content, columns, findings),
            has_drift=any(column.moved for column in columns),
            has_baseline=content.baseline is not None,
            types=sorted({column.type for column in columns if column.type}),
            style=style,
            script=script,
            policy=policy(style, script),
        )
    )


@cache
def environment() -> "Environment":
    """Templates of this room: everything that goes into them is made visible, then escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("leeboard.report"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(number=number, percent=percent, chance=chance, named=named, clipped=clipped)
    made.globals.update(
        counted=counted, newline=Markup("\n"), LONGEST_NAME=LONGEST_NAME, LONGEST_SAMPLE=LONGEST_SAMPLE
    )
    return made


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def source(name: str) -> Markup:
    """A file of ours that goes into the page as it is."""
    return Markup(files("leeboard.report").joinpath("templates", name).read_text("utf-8"))  # noqa: S704


def policy(style: str, script: str) -> str:
    """Content Security Policy: nothing is loaded, and only our own style and script are obeyed."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
