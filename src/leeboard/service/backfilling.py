"""Summaries of executions that ran before there were any, made from their files."""

import logging
from collections.abc import Mapping

from leeboard.errors import LeeboardError
from leeboard.formats.summary import Summary
from leeboard.service.executions import Execution
from leeboard.service.monitor_types import MONITOR_TYPES, STATISTICS_FILE, MonitorType
from leeboard.service.service import Service
from leeboard.service.window_files import Places, merge_of, places_of, read_whole, stored_at
from leeboard.storage import join

MOST_BYTES = 64 << 20
VIOLATIONS = "constraint_violations.json"

_log = logging.getLogger(__name__)


def backfill(service: Service, execution: Execution) -> Summary | None:
    """What the files of an execution still tell, which is all but the distances of features that were kept.

    It takes a while, and is for the page of one execution. None if there is nothing to be read.
    """
    with service.database.read() as connection:
        places, merge = places_of(connection, execution), merge_of(connection, execution)
    if places is None or execution.monitoring_type not in MONITOR_TYPES:
        return None
    try:
        summary = _made(execution, places)
    except LeeboardError as error:
        _log.info("execution %d has no summary, and none can be made: %s", execution.id, error)
        return None
    return summary.model_copy(update={"merge": merge, "job": execution.job_name})


def _made(execution: Execution, places: Places) -> Summary:
    """Imports the monitors, which a server need not have in memory otherwise."""
    from leeboard.formats import reading
    from leeboard.monitors import MONITORS, StoredFile
    from leeboard.report import Report, SectionContent
    from leeboard.report.summaries import summary_of

    kind = MONITOR_TYPES[execution.monitoring_type]
    monitor, file = kind.monitor, kind.numbers_file
    read = {
        "data-quality": reading.read_statistics,
        "model-quality": reading.read_quality_statistics,
        "bias": reading.read_analysis,
        "attribution": reading.read_analysis,
    }[monitor]
    uri = join(places.results, file)
    documents = {file: read(read_whole(uri, most_bytes=MOST_BYTES), uri)}
    known = {name: StoredFile(*pair) for name, pair in _baseline(places, kind).items()}
    found = _read({VIOLATIONS: join(places.results, VIOLATIONS)})
    violations = reading.read_violations(found[VIOLATIONS], VIOLATIONS) if found else None
    baseline = MONITORS.get(monitor).read_baseline(known) if known else None
    section = SectionContent(monitor=monitor, documents=documents, baseline=baseline, violations=violations)
    at = execution.ended_at or execution.modified_at
    report = Report(title=execution.schedule_name, created_at=at, kind="check", sections=(section,))
    return summary_of(report)


def _read(uris: Mapping[str, str]) -> dict[str, bytes]:
    """Those that are there."""
    return {name: read_whole(uri, most_bytes=MOST_BYTES) for name, uri in uris.items() if stored_at(uri)}


def _baseline(places: Places, kind: MonitorType) -> dict[str, tuple[bytes, str]]:
    """Baseline files by the names that their monitor knows; one that is gone is left out."""
    first, statistics = kind.constraints_file, places.statistics
    if kind.numbers_file == STATISTICS_FILE and places.constraints and not statistics:
        statistics = join(places.constraints.rpartition("/")[0], STATISTICS_FILE)
    uris = {first: places.constraints, STATISTICS_FILE: statistics}
    known = {name: uri for name, uri in uris.items() if uri}
    read = _read(known)
    return {name: (content, known[name]) for name, content in read.items()} if first in read else {}
