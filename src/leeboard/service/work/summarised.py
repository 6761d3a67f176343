"""The summary of a window that was just analysed: the one that its job wrote, or one made from its files."""

import logging
import re
from math import isfinite
from typing import Any

from sqlalchemy import Connection

from leeboard.errors import InputError, LeeboardError, NotFoundError
from leeboard.formats.source import Source
from leeboard.formats.summary import (
    LONGEST_TEXT,
    MOST_VIOLATIONS,
    SUMMARY,
    MeasureSummary,
    MergeSummary,
    SeenViolation,
    Summary,
    read_summary,
)
from leeboard.formats.violations import Violations
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.executions import Execution
from leeboard.service.resources import find
from leeboard.service.work.feed import VIOLATIONS, MonitoringJob
from leeboard.storage import join, read_range

MOST_BYTES = 16 << 20
MOST_MEASURES = 500
MERGED = re.compile(r"([\d,]+) of ([\d,]+) captured records have a label")

_log = logging.getLogger(__name__)


def summary_of_window(asked: MonitoringJob, metrics: list[dict[str, Any]], *, is_clean: bool) -> Summary:
    """What the job of an execution found; it never fails, as the analysis has done well.

    Args:
        metrics: that the job published.
        is_clean: it says that there are no violations.
    """
    try:
        summary = read_summary(_bounded(join(asked.results, SUMMARY)), SUMMARY)
        if summary.job == asked.name:
            return summary
    except NotFoundError:
        pass
    except LeeboardError as error:
        _log.warning("the summary of %s cannot be used: %s", asked.name, error)
    return _made(asked, metrics, is_clean=is_clean)


def _bounded(uri: str) -> bytes:
    found = read_range(uri, 0, MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise InputError(f"{uri} is larger than {MOST_BYTES >> 20} MiB")
    return found


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
        document = Source(VIOLATIONS).parse(_bounded(join(asked.results, VIOLATIONS)))
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


def merge_of(connection: Connection, execution: Execution) -> MergeSummary | None:
    """How many records had their labels, as the merge before the analysis says; None if it does not."""
    job = find(connection, PROCESSING_JOB, execution.merge_name)
    told = MERGED.search(str(job.facts.get("exit_message", ""))) if job else None
    if told is None:
        return None
    n_matched, n_requests = (int(number.replace(",", "")) for number in told.groups())
    return MergeSummary(n_requests=n_requests, n_matched=n_matched, n_waiting=n_requests - n_matched)
