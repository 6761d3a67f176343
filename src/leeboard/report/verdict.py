"""What the report says first: one sentence, and the numbers behind it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from leeboard.report.columns import Column
from leeboard.report.content import ReportContent
from leeboard.report.findings import DRIFT, Told
from leeboard.report.words import counted, duration


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A number with what it counts."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one data set.

    Attributes:
        state: "bad" with a violation, "good" without, "plain" if nothing was checked.
        badge: the verdict in two or three words.
    """

    state: Literal["good", "bad", "plain"]
    badge: str
    sentence: str
    numbers: tuple[KeyNumber, ...]


def verdict_of(content: ReportContent, columns: Sequence[Column], findings: Sequence[Told]) -> Verdict:
    """The verdict on the columns and violations of a report."""
    numbers = tuple(_numbers(content, columns, findings))
    if content.comparison is None:
        return Verdict("plain", content.kind, _unchecked(content, columns), numbers)
    if not findings:
        return Verdict("good", "no violations", _kept(content, columns), numbers)
    return Verdict("bad", counted(len(findings), "violation"), _broken(columns, findings), numbers)


def _unchecked(content: ReportContent, columns: Sequence[Column]) -> str:
    n_rows, n_columns = counted(_n_rows(content), "row"), counted(len(columns), "column")
    if content.kind == "check":
        return f"{n_rows} in {n_columns}; nothing was checked."
    promised = sum(1 for column in columns if column.promises)
    return f"{n_rows} in {n_columns}; constraints are suggested for {_of_all(promised, len(columns))}."


def _of_all(n: int, n_all: int) -> str:
    return "every column" if n == n_all else f"{n:,} of them"


def _kept(content: ReportContent, columns: Sequence[Column]) -> str:
    if not content.comparison or not content.comparison.drift:
        return f"All {counted(len(columns), 'column')} kept their constraints; drift was not measured."
    n_scores = sum(1 for column in columns if column.moved)
    return (
        f"All {counted(len(columns), 'column')} kept their constraints; "
        f"none of the {n_scores:,} that were compared with the baseline drifted."
    )


def _broken(columns: Sequence[Column], findings: Sequence[Told]) -> str:
    """Columns that broke a promise other than by drift, and columns that drifted."""
    names = {column.name for column in columns}
    drifted = {named.name for told in findings if told.check == DRIFT for named in told.columns} & names
    broken = {named.name for told in findings if told.check != DRIFT for named in told.columns} & names
    of_all = f"of {counted(len(columns), 'column')}"
    told = [
        f"{len(broken):,} {of_all} broke {'its' if len(broken) == 1 else 'their'} constraints"
        if broken
        else "",
        f"{len(drifted):,} {'drifted' if broken else f'{of_all} drifted away from the baseline'}"
        if drifted
        else "",
        "" if broken | drifted else "The data set as a whole broke its constraints",
    ]
    return "; ".join(part for part in told if part) + "."


def _numbers(
    content: ReportContent, columns: Sequence[Column], findings: Sequence[Told]
) -> Iterator[KeyNumber]:
    records = "" if content.n_records is None else f"from {counted(content.n_records, 'record')}"
    yield KeyNumber("Rows", f"{_n_rows(content):,}", records or _was(content))
    yield KeyNumber("Columns", f"{len(columns):,}", _types(columns))
    if content.comparison is not None:
        checks = Counter(told.label for told in findings)
        yield KeyNumber(
            "Violations", f"{len(findings):,}", ", ".join(f"{n} {label}" for label, n in checks.items())
        )
        drift = [column.moved for column in columns if column.moved]
        yield KeyNumber("Drifted", f"{sum(m.score.drifted for m in drift):,}", f"of {len(drift):,} compared")
    malformed = content.tally.n_malformed
    yield KeyNumber(
        "Malformed", f"{malformed:,}", "not or only in part read" if malformed else "all records were read"
    )
    if content.elapsed_s is not None:
        yield KeyNumber("Time", duration(content.elapsed_s))


def _was(content: ReportContent) -> str:
    return f"baseline {content.baseline.dataset.item_count:,}" if content.baseline else ""


def _types(columns: Sequence[Column]) -> str:
    counts = Counter(column.type.lower() for column in columns if column.type)
    return ", ".join(f"{n:,} {kind}" for kind, n in counts.most_common())


def _n_rows(content: ReportContent) -> int:
    return content.statistics.dataset.item_count
