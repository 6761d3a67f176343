"""The report as a fragment for a notebook cell: no script, no ids, the colours of the notebook."""

from leeboard.report.columns import columns_of, findings_of
from leeboard.report.content import ReportContent
from leeboard.report.page import environment, source
from leeboard.report.verdict import verdict_of

MOST_VIOLATIONS = 30
MOST_COLUMNS = 20


def to_notebook_html(content: ReportContent) -> str:
    """Verdict, violations, and the columns that are to be looked at first; for `_repr_html_`."""
    columns = sorted(columns_of(content, with_large=False), key=lambda column: column.urgency)
    findings = findings_of(content)
    return (
        environment()
        .get_template("notebook.html")
        .render(
            content=content,
            verdict=verdict_of(content, columns, findings),
            findings=findings[:MOST_VIOLATIONS],
            n_more_findings=max(0, len(findings) - MOST_VIOLATIONS),
            columns=columns[:MOST_COLUMNS],
            n_more_columns=max(0, len(columns) - MOST_COLUMNS),
            has_drift=any(column.moved for column in columns),
            style=source("notebook.css"),
        )
    )
