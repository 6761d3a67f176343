"""Workflow commands of GitHub Actions: a violation shows beside the run, with its hint."""

from collections.abc import Iterator

from leeboard.report.gate import Format
from leeboard.report.gate.cases import WHOLE, Case
from leeboard.report.gate.judgement import Judgement
from leeboard.report.words import clipped, visible

MOST = 10
"""Annotations that GitHub shows of one step and one level."""
LONGEST = 1000
LONGEST_NAME = 200


def render(judgement: Judgement) -> str:
    """One line an annotation; nothing for a clean run."""
    return "".join(f"{line}\n" for line in _lines(judgement))


def _lines(judgement: Judgement) -> Iterator[str]:
    title = f"leeboard {judgement.monitor}: {judgement.sentence}"
    if judgement.fault is not None:
        yield _command("error", title, judgement.fault.message)
        return
    closes = [case for case in judgement.broken if judgement.policy.counts(case) and not judgement.passes]
    others = [case for case in judgement.broken if case not in closes]
    for level, cases in (("error", closes), ("warning", others)):
        n_shown = len(cases) if len(cases) <= MOST else MOST - 1
        yield from (_command(level, title, _message(case)) for case in cases[:n_shown])
        if n_shown < len(cases):
            yield _command(level, title, f"and {len(cases) - n_shown:,} more; the report has them all")


def _message(case: Case) -> str:
    violation = case.violation
    told = [violation.description.strip(), violation.hint] if violation is not None else []
    what = f"{clipped(case.subject or WHOLE, LONGEST_NAME)}, {case.looked.label}"
    return "\n".join([f"{what}: {told[0]}" if told and told[0] else what, *filter(None, told[1:])])


def _command(level: str, title: str, message: str) -> str:
    lines = [visible(line) for line in clipped(message, LONGEST).splitlines()]
    of_property = _escaped(visible(title)).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={of_property}::{_escaped(chr(10).join(lines))}"


def _escaped(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


ENTRY = Format("github", render)
