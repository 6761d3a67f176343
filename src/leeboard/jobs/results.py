"""The files of one execution."""

from collections.abc import Iterator

from leeboard.formats.reading import to_json
from leeboard.jobs.baselines import CONSTRAINTS, STATISTICS
from leeboard.jobs.job import Outcome
from leeboard.report import render_html
from leeboard.storage import join, write_bytes

VIOLATIONS = "constraint_violations.json"
REPORT = "report.html"


def write_results(outcome: Outcome, folder: str, *, writes_report: bool = True) -> dict[str, str]:
    """Write what an execution found; gives the URI of each file by its name.

    `constraints.json` of a check holds what the window itself would suggest, as AWS's does,
    so that the folder can serve as a baseline.
    """
    texts = {name: text.encode() for name, text in _texts(outcome, writes_report)}
    uris = {name: join(folder, name) for name in texts}
    for name, text in texts.items():
        write_bytes(uris[name], text)
    return uris


def _texts(outcome: Outcome, writes_report: bool) -> Iterator[tuple[str, str]]:
    verdict = outcome.verdict
    yield STATISTICS, to_json(outcome.content.statistics)
    yield CONSTRAINTS, to_json(verdict.suggested if verdict else outcome.baseline.constraints)
    if verdict:
        yield VIOLATIONS, to_json(verdict.violations)
    if writes_report:
        yield REPORT, render_html(outcome.content)
