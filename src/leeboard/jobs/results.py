"""The files of one execution."""

from collections.abc import Iterable, Iterator

from leeboard.formats.summary import SUMMARY, Summary, summary_json
from leeboard.formats.violations import Violations
from leeboard.formats.writing import to_json
from leeboard.jobs.job import Outcome
from leeboard.monitors import Text
from leeboard.report import render_html
from leeboard.storage import join, write_bytes

VIOLATIONS = "constraint_violations.json"
REPORT = "report.html"


def write_results(
    outcome: Outcome, folder: str, *, writes_report: bool = True, summary: Summary | None = None
) -> dict[str, str]:
    """Write what an execution found; gives the URI of each file by its name.

    `constraints.json` of a check holds what the window itself would suggest, as AWS's does,
    so that the folder can serve as a baseline.
    """
    texts = {name: _encoded(text) for name, text in _texts(outcome, writes_report)}
    if summary is not None:
        texts[SUMMARY] = summary_json(summary)
    uris = {name: join(folder, name) for name in texts}
    for name, text in texts.items():
        write_bytes(uris[name], text)
    return uris


def _texts(outcome: Outcome, writes_report: bool) -> Iterator[tuple[str, Text]]:
    for name, document in outcome.documents.items():
        yield name, to_json(document)
    if any(result.violations is not None and result.writes_violations for result in outcome.results):
        yield VIOLATIONS, to_json(_violations(outcome))
    for result in outcome.results:
        yield from result.texts.items()
    if writes_report:
        yield REPORT, render_html(outcome.report)


def _violations(outcome: Outcome) -> Violations:
    """Those of all monitors in one file."""
    first = next(result.violations for result in outcome.results if result.violations is not None)
    return first.model_copy(update={"violations": outcome.violations})


def _encoded(text: Text) -> bytes:
    pieces: Iterable[str] = [text] if isinstance(text, str) else text()
    return b"".join(piece.encode() for piece in pieces)
