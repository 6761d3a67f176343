"""Report files of an execution: the report as it is, others as text, all of them to be taken away."""

import json

from markupsafe import Markup

from leeboard.dashboard.answers import Answer, Download, Shown, View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.rendering import instant
from leeboard.dashboard.visit import Visit
from leeboard.report.words import visible
from leeboard.service.executions import Execution
from leeboard.service.views.execution_files import REPORT_BYTES, SHOWN_BYTES, content_of, opened_file
from leeboard.service.window_files import Opened

POLICY = "; ".join(
    (
        "sandbox allow-scripts allow-downloads",  # an origin of its own, without our cookies
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""For a report, which a container of somebody else may have written."""
MOST_SHOWN = 100_000
"""Characters of a page; more is for a program to read."""


def file(visit: Visit) -> Answer:
    """One report file."""
    name, is_page = visit.names["name"], visit.names["name"].lower().endswith((".html", ".htm"))
    is_wanted = visit.asked("download") == "1"
    most = 0 if is_wanted else REPORT_BYTES if is_page else SHOWN_BYTES
    execution, opened = opened_file(visit.service, visit.names["id"], name, most_bytes=most)
    if opened is None:
        return _missing(execution, name)
    if is_wanted:
        return Download(name.rpartition("/")[2], "application/octet-stream", content_of(opened))
    if is_page and opened.is_whole:
        return Shown("text/html; charset=utf-8", opened.content, {"content-security-policy": POLICY})
    return _as_text(execution, opened)


def _missing(execution: Execution, name: str) -> View:
    context = {
        "text": f"The run left no file {name[:200]}, or it was removed since.",
        "back": ("Back to the run", f"/executions/{execution.id}"),
    }
    return View("message.html", "Not found", context, status=404)


def _as_text(execution: Execution, opened: Opened) -> View:
    text = opened.content.decode("utf-8", "replace")
    trail = (
        (execution.schedule_name, f"/schedules/{execution.schedule_name}"),
        (instant(execution.scheduled_at), f"/executions/{execution.id}"),
    )
    text = _indented(text) if opened.is_whole else text
    lines = text[:MOST_SHOWN].split("\n")
    context = {
        "one": execution,
        "opened": opened,
        "text": Markup("\n").join(map(visible, lines)),
        "is_cut": not opened.is_whole or len(text) > MOST_SHOWN,
    }
    return View("file.html", opened.file.name, context, trail)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


ENTRY = Pages("files", (Page("GET", "/executions/{id}/files/{name:path}", file),))
