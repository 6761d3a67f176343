"""Windows and their files: what pages show of an execution beyond its summary; what is read is bounded."""

from leeboard.errors import LeeboardError
from leeboard.formats.summary import QualityPicture, Summary
from leeboard.service.executions import Execution
from leeboard.service.monitor_types import STATISTICS_FILE
from leeboard.service.service import Service
from leeboard.service.summaries import backfill, find_summary
from leeboard.service.window_files import (
    Opened,
    Places,
    ReportFile,
    files_in,
    open_file,
    places_of,
    read_whole,
    stored_at,
)
from leeboard.storage import join

MOST_SHOWN_BYTES = 8 << 20


def summary_of_execution(service: Service, execution: Execution) -> Summary | None:
    """The one that is kept, else one made from the files; None if there is neither."""
    with service.database.read() as connection:
        kept = find_summary(connection, execution.id)
    return backfill(service, execution) if kept is None else kept


def files_of_window(service: Service, execution: Execution) -> list[ReportFile]:
    """The files that the analysis left, the important ones first; none if it left none.

    Raises:
        InputError: the store does not answer.
    """
    places = places_in_store(service, execution)
    return files_in(places) if places else []


def file_of_window(
    service: Service, execution: Execution, name: str, *, most_bytes: int = MOST_SHOWN_BYTES
) -> Opened | None:
    """One of these files, or its beginning; None if there is no such file.

    Raises:
        InputError: the name leads out of the folder, or the store does not answer.
    """
    places = places_in_store(service, execution)
    return open_file(places, name, most_bytes=most_bytes) if places else None


def baseline_quality(service: Service, execution: Execution) -> QualityPicture | None:
    """Matrix and curves of the baseline, to be laid over those of a window; None where there are none."""
    from leeboard.formats.reading import read_quality_statistics
    from leeboard.report.summaries.model_quality import picture

    places = places_in_store(service, execution)
    if places is None or execution.monitoring_type != "ModelQuality" or not places.constraints:
        return None
    uri = places.statistics or join(places.constraints.rpartition("/")[0], STATISTICS_FILE)
    if stored_at(uri) is None:
        return None
    try:
        return picture(read_quality_statistics(read_whole(uri, most_bytes=MOST_SHOWN_BYTES), uri))
    except LeeboardError:
        return None


def places_in_store(service: Service, execution: Execution) -> Places | None:
    """Where its results and its baseline are; None if there never was an analysis."""
    with service.database.read() as connection:
        return places_of(connection, execution)
