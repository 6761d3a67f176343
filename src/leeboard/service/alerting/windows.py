"""The last windows of a schedule, as rules look at them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, select

from leeboard.errors import FormatError
from leeboard.service.kept_windows import column_of, violations_of
from leeboard.service.packed_summaries import NAME, pieces_of
from leeboard.state.tables import executions, window_summaries

COMPLETED, VIOLATED, FAILED = "Completed", "CompletedWithViolations", "Failed"
COUNTED = (COMPLETED, VIOLATED, FAILED)
NO_DATA = "Job inputs had no data"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Details:
    """What rules ask of a window's summary.

    Attributes:
        violations: with the members of the summary's `SeenViolation`.
        distances: by feature; those without one are not in it.
    """

    violations: Sequence[Any]
    distances: dict[str, float]


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class SeenWindow:
    """One window whose execution has ended.

    Attributes:
        read_details: reads what is kept of it, which most rules need of few windows.
    """

    execution_id: int
    start_at: datetime
    end_at: datetime
    status: str
    failure_reason: str | None = None
    n_violations: int | None = None
    read_details: Callable[[], Details | None] = field(default=_nothing, compare=False)

    @property
    def has_no_data(self) -> bool:
        return self.status == FAILED and (self.failure_reason or "").startswith(NO_DATA)

    @property
    def details(self) -> Details | None:
        """None where nothing is kept."""
        return self.read_details()


def last_windows(connection: Connection, schedule_id: int, n: int) -> list[SeenWindow]:
    """The last ended ones by their time, newest first; their details are read within the transaction."""
    c = executions.c
    columns = (c.id, c.window_start_at, c.window_end_at, c.status, c.failure_reason, c.n_violations)
    ended = (c.schedule_id == schedule_id, c.status.in_(COUNTED))
    query = select(*columns).where(*ended).order_by(c.scheduled_at.desc(), c.id.desc()).limit(n)
    rows = connection.execute(query).all()
    return [SeenWindow(*row, read_details=cache(partial(_read, connection, row.id))) for row in rows]


def _read(connection: Connection, execution_id: int) -> Details | None:
    """What another version of leeboard kept may be unreadable."""
    c = window_summaries.c
    kept = connection.execute(select(c.document).where(c.execution_id == execution_id)).scalar()
    try:
        return None if kept is None else _decoded(kept)
    except FormatError as error:
        _log.warning("the summary of execution %s cannot be read: %s", execution_id, error)
        return None


def _decoded(kept: bytes) -> Details:
    pieces = pieces_of(kept)
    names, distances = column_of(pieces, NAME), column_of(pieces, "distance")
    known = zip(names, distances, strict=False)
    return Details(violations_of(pieces), {name: number for name, number in known if number is not None})
