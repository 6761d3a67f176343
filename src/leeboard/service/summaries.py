"""What is kept of each window for the dashboard, beside the result files in the store."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from leeboard.errors import LeeboardError
from leeboard.formats.summary import Summary
from leeboard.service.backfilling import backfill
from leeboard.service.executions import Execution
from leeboard.service.history import (
    MOST_WINDOWS,
    History,
    documents_of,
    history,
    windows_of,
)
from leeboard.service.packed_summaries import pack, unpack
from leeboard.state.inserting import insert_of
from leeboard.state.tables import window_summaries

__all__ = ["History", "backfill", "find_summary", "history", "keep", "summaries_of"]

_log = logging.getLogger(__name__)


def keep(connection: Connection, execution: Execution, summary: Summary) -> None:
    """Keep it in place of what an earlier attempt left."""
    told = {
        "schedule_id": execution.schedule_id,
        "scheduled_at": execution.scheduled_at,
        "document": pack(summary),
    }
    made = insert_of(connection, window_summaries).values(execution_id=execution.id, **told)
    connection.execute(made.on_conflict_do_update(index_elements=["execution_id"], set_=told))


def find_summary(connection: Connection, execution_id: int) -> Summary | None:
    """That of one execution; None if it has none."""
    kept = documents_of(connection, [execution_id]).get(execution_id)
    return None if kept is None else _read(execution_id, kept)


def summaries_of(
    connection: Connection,
    schedule_ids: Sequence[int],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST_WINDOWS,
) -> list[tuple[Execution, Summary]]:
    """The last windows that have one, oldest first; for charts `history` is faster.

    Args:
        since, until: of the scheduled time; the second is not included.
    """
    windows = windows_of(connection, schedule_ids, since=since, until=until, limit=limit)
    kept = documents_of(connection, [one.id for one in windows])
    read = ((one, _read(one.id, kept[one.id])) for one in windows if one.id in kept)
    return [(one, summary) for one, summary in read if summary is not None]


def _read(execution_id: int, kept: bytes) -> Summary | None:
    """What another version of leeboard kept may be unreadable."""
    try:
        return unpack(kept, f"the summary of execution {execution_id}")
    except LeeboardError as error:
        _log.warning("the summary of execution %d cannot be read: %s", execution_id, error)
        return None
