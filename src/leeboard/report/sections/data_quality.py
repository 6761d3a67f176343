"""What a report shows of data quality: a page of its own."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from leeboard.report.content import ReportContent
from leeboard.report.notebook import to_notebook_html
from leeboard.report.page import render_page
from leeboard.report.report import Report, SectionContent
from leeboard.report.sections import Section
from leeboard.report.terminal import MOST_CONSTRAINTS, constraints_table, drift_table, violations_table


def content_of(report: Report, section: SectionContent) -> ReportContent:
    """What the page is made of."""
    known: Any = section.documents
    return ReportContent(
        title=report.title,
        created_at=report.created_at,
        kind=report.kind,
        strict=report.strict,
        baseline_name=report.baseline_name,
        current_name=report.current_name,
        window=report.window,
        statistics=known["statistics.json"],
        baseline=section.baseline.statistics if section.is_check else None,
        constraints=section.baseline.constraints,
        comparison=section.details,
        tally=report.tally,
        elapsed_s=report.elapsed_s,
        log=report.log,
    )


def _page(report: Report, section: SectionContent) -> str:
    return render_page(content_of(report, section))


def _notebook(report: Report, section: SectionContent) -> str:
    return to_notebook_html(content_of(report, section))


def _html(section: SectionContent) -> Markup:
    return Markup("<p>{}</p>").format("See statistics.json and constraint_violations.json.")


def _terminal(section: SectionContent) -> Sequence[Any]:
    comparison = section.details
    if comparison is None:
        return [constraints_table(section.baseline.constraints, MOST_CONSTRAINTS)]
    shown = [violations_table(comparison)] if comparison.findings else []
    return [*shown, drift_table(comparison)] if any(score.drifted for score in comparison.drift) else shown


ENTRY = Section("data-quality", _html, _terminal, _page, _notebook)
