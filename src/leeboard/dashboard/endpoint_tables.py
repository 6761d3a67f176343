"""What can be taken away from the page of an endpoint."""

from collections.abc import Iterator, Sequence

from leeboard.dashboard.answers import Cell, Table
from leeboard.service.summaries import History
from leeboard.service.views.drift import FeatureRow
from leeboard.service.views.endpoint import Seen
from leeboard.service.views.strips import Span

RUNS = ("schedule", "monitor", "from", "worst", "runs", "bad", "execution")
FEATURES = (
    "feature", "type", "completeness", "distance", "limit", "share_of_limit", "violations", "windows_broken"
)  # fmt: skip


def tables_of(seen: Seen, found: History | None, rows: Sequence[FeatureRow]) -> dict[str, Table]:
    """Runs of all monitors; features and their windows where there are any."""
    tables = {"runs": Table(RUNS, lambda: _runs(seen))}
    if found is not None and rows:
        tables["features"] = Table(FEATURES, lambda: map(_cells, rows))
        columns = ("window_start_at", "feature", "distance", "share_of_limit", "completeness", "violations")
        tables["drift"] = Table(columns, lambda: _drift(found, rows))
    return tables


def _runs(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    for one in seen.monitored:
        for span in one.strip:
            yield (one.line.name, one.line.monitoring_type, *_span(span))


def _span(span: Span) -> tuple[Cell, ...]:
    return span.start_at.isoformat(), span.state, span.n_runs, span.n_bad, span.execution_id


def _cells(row: FeatureRow) -> tuple[Cell, ...]:
    return (
        row.name, row.type, row.completeness, row.distance, row.limit, row.use, row.n_violations, row.n_broken
    )  # fmt: skip


def _drift(found: History, rows: Sequence[FeatureRow]) -> Iterator[tuple[Cell, ...]]:
    for i, at in enumerate(found.times):
        for row in rows:
            numbers = (row.distances[i], row.uses[i], row.completenesses[i], row.violations[i])
            yield at.isoformat(), row.name, *numbers
