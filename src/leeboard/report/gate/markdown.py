"""A short summary in Markdown: verdict, violations with their hints, and where the report is."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from leeboard.report.gate import Format
from leeboard.report.gate.cases import WHOLE, Case
from leeboard.report.gate.judgement import Judgement
from leeboard.report.words import clipped, counted, visible

MOST_ROWS = 50
LONGEST = 600
LONGEST_NAME = 120
SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$^@]|(?<=www)\.|:(?=[\w/])|#(?=\w)")
"""Signs that Markdown, HTML or a forge's own additions would give a meaning where they stand."""
CODES = {"@": "&#64;&#8203;"}
SAFE = "/:?&=#%@+,;~"
"""Signs of addresses that stay as they are."""


def render(judgement: Judgement) -> str:
    return "\n".join(_lines(judgement)) + "\n"


def _lines(judgement: Judgement) -> Iterator[str]:
    yield f"### {_sign(judgement)} leeboard {plain(judgement.monitor, LONGEST_NAME)}: {judgement.sentence}"
    yield ""
    names = f"{_code(judgement.data_name)} against the baseline {_code(judgement.baseline_name)}"
    yield f"{names}{_tally(judgement)}."
    if judgement.fault is not None:
        yield ""
        yield f"> {plain(judgement.fault.message, LONGEST)}"
    broken = judgement.broken
    if broken:
        yield from ("", "| What | Check | Why, and what to do |", "| --- | --- | --- |")
        yield from (_row(judgement, case) for case in broken[:MOST_ROWS])
    if len(broken) > MOST_ROWS:
        yield from ("", f"And {len(broken) - MOST_ROWS:,} more; the report has them all.")
    if judgement.report:
        yield from ("", f"Report: {_link(judgement.report)}")


def _sign(judgement: Judgement) -> str:
    if judgement.passes:
        return "⚠️" if judgement.broken else "✅"
    return "❌"


def _tally(judgement: Judgement) -> str:
    if judgement.fault is not None or not judgement.cases:
        return ""
    n_skipped = sum(case.is_skipped for case in judgement.cases)
    made = counted(len(judgement.cases) - n_skipped, "check")
    return f": {made} made, {len(judgement.broken):,} broken" + (
        f", {n_skipped:,} could not be made" if n_skipped else ""
    )


def _row(judgement: Judgement, case: Case) -> str:
    violation = case.violation
    told = [violation.description.strip(), violation.hint] if violation is not None else []
    why = "<br>".join(plain(text, LONGEST) for text in told if text)
    remark = "" if judgement.policy.counts(case) else " (does not count)"
    subject = _code(case.subject) if case.subject else f"*{WHOLE}*"
    return f"| {subject} | {plain(case.looked.label, LONGEST_NAME)}{remark} | {why} |"


def _link(report: str) -> str:
    """Paths and web addresses can be followed, unlike those of a bucket."""
    scheme = urlsplit(report).scheme
    if scheme not in ("", "http", "https"):
        return _code(report)
    words = "report.html" if scheme else plain(report, LONGEST_NAME)
    return f"[{words}]({quote(report, safe=SAFE)})"


def _code(words: str) -> str:
    """HTML's element, as in a code span of Markdown nothing can be escaped."""
    return f"<code>{plain(words, LONGEST_NAME) or '&nbsp;'}</code>"


def plain(words: str, length: int) -> str:
    r"""The words as they are, on one line of at most so many characters and without any meaning.

    An at sign is followed by nothing visible, so that nobody is called by it.

    >>> plain("a|b <i>", 20), plain("www.a.io @you", 20)
    ('a&#124;b &#60;i&#62;', 'www&#46;a.io &#64;&#8203;you')
    """
    shown = clipped(visible(" ".join(words.split("\n"))), length)
    return SPECIAL.sub(lambda found: CODES.get(found[0], f"&#{ord(found[0])};"), shown)


ENTRY = Format("markdown", render)
