"""Tables for a terminal, as renderables of rich; nothing is printed in here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from leeboard.compare import Comparison, Finding
from leeboard.formats.constraints import Constraints
from leeboard.formats.statistics import FeatureStatistics, Statistics
from leeboard.formats.violations import AnyViolation, Violations
from leeboard.report.charts.points import counts_of
from leeboard.report.charts.sparkline import sparkline
from leeboard.report.figures import completeness
from leeboard.report.findings import tell
from leeboard.report.movement import Moved, moves_of
from leeboard.report.promises import promises_of
from leeboard.report.words import chance, clipped, counted, named, number, percent, visible

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

LONGEST_NAME = 60
MOST_SCORES = 20
MOST_CONSTRAINTS = 40
RIGHT = frozenset({"#", "Complete", "Distance", "Limit", "p", "±", "Is", "Adds"})
WHOLE = RIGHT | {"Type", "Distribution"}
"""What is not broken over lines."""


def violations_table(found: Violations | Comparison) -> "Table":
    """One row a violation, as a file or a comparison has them."""
    if isinstance(found, Comparison):
        rows = [_finding_row(finding) for finding in found.findings]
        headings = ["Column", "Check", "Promised", "Seen", "Why, and what to do"]
    else:
        rows = [_violation_row(violation) for violation in found.violations]
        headings = ["What", "Check", "Description"]
    return _table(counted(len(rows), "violation"), headings, rows)


def drift_table(comparison: Comparison, most: int = MOST_SCORES) -> "Table":
    """One row a compared column, the farthest from its limit first.

    Args:
        most: rows at most; every column that drifted is shown all the same.
    """
    moves = sorted(moves_of(comparison.drift).values(), key=lambda m: (not m.score.drifted, -m.ratio))
    n_drifted = sum(moved.score.drifted for moved in moves)
    shown = moves[: max(most, n_drifted)]
    title = f"{n_drifted:,} of {counted(len(moves), 'compared column')} drifted"
    headings = ["Column", "Test", "Distance", "Limit", "p", ""]
    table = _table(title, headings, [_drift_row(moved) for moved in shown])
    if len(shown) < len(moves):
        table.caption = f"and {counted(len(moves) - len(shown), 'column')} that did not drift"
    return table


def statistics_table(statistics: Statistics) -> "Table":
    """One row a column, with its distribution as a line of blocks."""
    n_rows = statistics.dataset.item_count
    headings = ["#", "Column", "Type", "Complete", "Distribution", "Values"]
    rows = [_statistics_row(i, feature, n_rows) for i, feature in enumerate(statistics.features, start=1)]
    return _table(f"{counted(n_rows, 'row')} in {counted(len(rows), 'column')}", headings, rows)


def constraints_table(constraints: Constraints, most: int | None = None) -> "Table":
    """One row a column with what it promises.

    Args:
        most: rows at most; by default all.
    """
    shown = constraints.features[:most]
    rows = [[_name(feature.name), _text("; ".join(promises_of(feature)) or "–")] for feature in shown]
    n = len(constraints.features)
    table = _table(f"Constraints on {counted(n, 'column')}", ["Column", "Promised"], rows)
    if len(shown) < n:
        table.caption = f"and {counted(n - len(shown), 'column')} more in constraints.json"
    return table


def plain_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table":
    """Any texts."""
    return _table(title, headings, [[_text(cell) for cell in row] for row in rows])


def _finding_row(finding: Finding) -> "list[Text]":
    told = tell(finding)
    why = _text(told.hint or told.description, "dim")
    return [
        _subject([column.name for column in told.columns], told.n_more_columns),
        _text(told.label, "red"),
        _text(told.promised),
        _text(told.seen, "bold"),
        why,
    ]


def _drift_row(moved: Moved) -> "list[Text]":
    score = moved.score
    return [
        _name(score.feature_name),
        _text(score.test),
        _text(number(score.distance, 3), "red" if score.drifted else ""),
        _text(number(score.threshold, 3)),
        _text(chance(moved.p)),
        _text("drifted" if score.drifted else "", "bold red"),
    ]


def _violation_row(violation: AnyViolation) -> "list[Text]":
    from rich.text import Text

    said = (violation.description.strip(), violation.hint)
    return [
        _subject([violation.subject] if violation.subject else []),
        _text(violation.constraint_check_type, "red"),
        Text("\n").join(_text(words) for words in said if words),
    ]


def _statistics_row(position: int, feature: FeatureStatistics, n_rows: int) -> "list[Text]":
    return [
        _text(str(position), "dim"),
        _name(feature.name),
        _text(feature.inferred_type),
        _text(percent(completeness(feature, n_rows))),
        _text(sparkline(feature), "cyan"),
        _text(_values(feature)),
    ]


def _values(feature: FeatureStatistics) -> str:
    """Range, mean and standard deviation; or how many texts there are, and the most frequent of them."""
    numbers, listed = feature.numerical_statistics, counts_of(feature)
    if numbers is not None and numbers.mean is not None:
        ends = f"{number(numbers.min)} to {number(numbers.max)}"
        return f"{ends}, mean {number(numbers.mean)} ± {number(numbers.std_dev)}"
    if feature.string_statistics is None or listed is None:
        return ""
    top = sorted(listed.counts, key=lambda value: -listed.counts[value])[:3]
    shown = ", ".join(clipped(named(value), 20) for value in top)
    return f"{number(feature.string_statistics.distinct_count)}: {shown}"


def _name(name: str) -> "Text":
    return _text(clipped(named(name), LONGEST_NAME), "bold")


def _subject(names: Sequence[str], n_more: int = 0) -> "Text":
    if not names:
        return _text("whole data set", "italic")
    shown = [clipped(named(name), LONGEST_NAME) for name in names]
    return _text(", ".join([*shown, f"and {n_more:,} more"] if n_more else shown), "bold")


def _text(words: str, style: str = "") -> "Text":
    """Never a string, which rich would read as markup; never a command to the terminal."""
    from rich.text import Text

    return Text(visible(words), style=style)


def _table(title: str, headings: Sequence[str], rows: "Sequence[Sequence[Text]]") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        justify: Literal["right", "left"] = "right" if heading in RIGHT else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=heading in WHOLE)
    for row in rows:
        table.add_row(*row)
    return table
