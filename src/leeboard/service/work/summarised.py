"""The summary of a window that was just analysed: the one that its job wrote, or one made from its files."""

import logging
from math import isfinite
from typing import Any

from leeboard.errors import LeeboardError, NotFoundError
from leeboard.formats.source import Source
from leeboard.formats.summary import (
    LONGEST_TEXT,
    MOST_VIOLATIONS,
    SUMMARY,
    MeasureSummary,
    SeenViolation,
    Summary,
    read_summary,
)
from leeboard.formats.violations import Violations
from leeboard.service.window_files import read_whole
from leeboard.service.work.feed import VIOLATIONS, MonitoringJob
from leeboard.storage import join

MOST_BYTES = 16 << 20
MOST_MEASURES = 500

_log = logging.getLogger(__name__)


def summary_of_window(asked: MonitoringJob, metrics: list[dict[str, Any]], *, is_clean: bool) -> Summary:
    """What the job of an execution found; it never fails, as the analysis has done well.

    Args:
        metrics: that the job published.
        is_clean: it says that there are no violations.
    """
    try:
        summary = read_summary(read_whole(join(asked.results, SUMMARY), most_bytes=MOST_BYTES), SUMMARY)
        if summary.job == asked.name:
            return summary
    except NotFoundError:
        pass
    except LeeboardError as error:
        _log.warning("the summary of %s cannot be used: %s", asked.name, error)
    return _made(asked, metrics, is_clean=is_clean)


def _made(asked: MonitoringJob, metrics: list[dict[str, Any]], *, is_clean: bool) -> Summary:
    """Of a container of the user's own: what every analyzer leaves."""
    violations = [] if is_clean else _violations(asked)
    return Summary(
        job=asked.name,
        n_violations=len(violations),
        violations=violations[:MOST_VIOLATIONS],
        measures=[one for one in map(_measure, metrics[:MOST_MEASURES]) if one is not None],
    )


def _violations(asked: MonitoringJob) -> list[SeenViolation]:
    try:
        document = Source(VIOLATIONS).parse(
            read_whole(join(asked.results, VIOLATIONS), most_bytes=MOST_BYTES)
        )
        found = Source(VIOLATIONS).fit(Violations, document).violations
    except LeeboardError as error:
        _log.warning("the violations of %s cannot be read: %s", asked.name, error)
        return []
    return [
        SeenViolation(
            monitor="",
            check=one.constraint_check_type[:LONGEST_TEXT],
            subject=one.subject[:LONGEST_TEXT],
            description=one.description[:LONGEST_TEXT],
            hint=one.hint[:LONGEST_TEXT] or None,
        )
        for one in found
    ]


def _measure(metric: dict[str, Any]) -> MeasureSummary | None:
    """A metric as a job published it; of several numbers, their mean."""
    value, sums = metric.get("Value"), metric.get("StatisticValues")
    if value is None and sums and sums["SampleCount"]:
        value = sums["Sum"] / sums["SampleCount"]
    if value is None or not isfinite(value):
        return None
    return MeasureSummary(name=metric["MetricName"], value=float(value))
