"""What a report shows of model quality: measures beside limits, matrices, curves and errors."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from leeboard.formats.model_quality import CAMEL_CASE, QualityConstraints, QualityStatistics
from leeboard.report.charts.quality_plots import plots_of
from leeboard.report.charts.quality_tables import Cell, MeasureRow, class_rows, matrix_table, measure_rows
from leeboard.report.page import environment
from leeboard.report.report import SectionContent
from leeboard.report.sections import Section
from leeboard.report.words import clipped, counted, named, number, percent, visible

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

SNAKE_CASE = {camel: snake for snake, camel in CAMEL_CASE.items()}
LONGEST_LABEL = 24
WIDE = 5
"""More labels than have room for shares beside their counts in a terminal."""


def _html(content: SectionContent) -> Markup:
    now, limits, then = _sides(content)
    rows = measure_rows(now, limits, then, _broken(content))
    made = (
        environment()
        .get_template("sections/model-quality.html")
        .render(
            problem=now.problem_type,
            rows=rows,
            has_constant=any(row.constant for row in rows),
            facts=_facts(now),
            is_check=content.is_check,
            has_baseline=then is not None,
            matrix=matrix_table(now),
            was_matrix=matrix_table(then) if then is not None else None,
            classes=class_rows(now, then),
            plots=plots_of(now, then),
        )
    )
    return Markup(made)  # noqa: S704 - an escaped template


def _sides(content: SectionContent) -> tuple[QualityStatistics, QualityConstraints, QualityStatistics | None]:
    """Statistics now, the limits, and the statistics of the baseline if there are some to compare with."""
    documents: Any = content.documents
    then = content.baseline.statistics if content.is_check else None
    return documents["statistics.json"], content.baseline.constraints, then


def _broken(content: SectionContent) -> frozenset[str]:
    found = content.violations.violations if content.violations else []
    return frozenset(SNAKE_CASE.get(violation.subject, violation.subject) for violation in found)


def _facts(now: QualityStatistics) -> list[tuple[str, str]]:
    """What the measures are of, as names and values."""
    facts = [("rows", f"{now.dataset.item_count:,}")]
    own = now.leeboard
    if own is None:
        return facts
    left_out = (own.rows_without_label or 0) + (own.rows_without_prediction or 0)
    if left_out:
        facts.append(("without label or prediction", f"{left_out:,}"))
    if own.positive_label is not None:
        facts.append(("positive label", clipped(named(own.positive_label), LONGEST_LABEL)))
    if own.probability_threshold is not None:
        facts.append(("positive above a score of", number(own.probability_threshold)))
    if own.mean_error is not None:
        facts.append(("mean error", number(own.mean_error)))
    return facts


def _terminal(content: SectionContent) -> Sequence[Any]:
    now, limits, then = _sides(content)
    rows = measure_rows(now, limits, then, _broken(content))
    shown = [_measures(now, rows, is_check=content.is_check), _matrix(now), _reasons(content)]
    return [table for table in shown if table is not None]


def _measures(now: QualityStatistics, rows: list[MeasureRow], *, is_check: bool) -> "Table":
    headings = ["Measure", "Now" if is_check else "Value", "", "Limit", *["Baseline"] * is_check, ""]
    table = _table(f"{now.problem_type} on {counted(now.dataset.item_count, 'row')}", headings)
    for row in rows:
        style = "red" if row.is_broken else ""
        cells = [row.name, row.now, row.deviation, row.limit, *[row.baseline] * is_check]
        table.add_row(*cells, "broken" if row.is_broken else "", style=style)
    return table


def _matrix(now: QualityStatistics) -> "Table | None":
    found = matrix_table(now)
    if found is None:
        return None
    table = _table("Rows by actual (down) and predicted label", ["", *map(_label, found.labels)])
    for label, _, cells in found.rows:
        table.add_row(_text(_label(label)), *[_count(cell, is_wide=len(cells) > WIDE) for cell in cells])
    if found.n_more:
        table.caption = f"and {counted(found.n_more, 'label')} more"
    return table


def _count(cell: Cell, *, is_wide: bool) -> str:
    """With its share, where there is room for it."""
    return f"{cell.count:,} ({percent(cell.share)})" if cell.count and not is_wide else f"{cell.count:,}"


def _reasons(content: SectionContent) -> "Table | None":
    """Why measures are beyond their limits; measures of the same reason stand together."""
    reasons: dict[str, list[str]] = {}
    for violation in content.violations.violations if content.violations else []:
        reasons.setdefault(violation.hint.partition("; beyond")[0], []).append(violation.subject)
    reasons.pop("", None)
    if not reasons:
        return None
    table = _table("Why", ["Measures", "What moved"], wraps=True)
    for hint, names in reasons.items():
        table.add_row(_text(", ".join(names)), _text(hint))
    return table


def _label(label: str) -> str:
    return clipped(named(label), LONGEST_LABEL)


def _text(words: str) -> "Text":
    """Never a string, which rich would read as markup."""
    from rich.text import Text

    return Text(visible(words))


def _table(title: str, headings: Sequence[str], *, wraps: bool = False) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for i, heading in enumerate(headings):
        justify: Literal["right", "left"] = "right" if i and not wraps else "left"
        table.add_column(_text(heading), justify=justify, no_wrap=bool(i) and not wraps, overflow="fold")
    return table


ENTRY = Section("model-quality", _html, _terminal)
