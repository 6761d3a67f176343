"""The last windows of a schedule, as rules look at them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

import msgspec
from sqlalchemy import Connection, select

from leeboard.errors import FormatError
from leeboard.service.packed_summaries import NAME, REST, pieces_of, text_of
from leeboard.state.tables import executions, window_summaries

COMPLETED, VIOLATED, FAILED = "Completed", "CompletedWithViolations", "Failed"
COUNTED = (COMPLETED, VIOLATED, FAILED)
NO_DATA = "Job inputs had no data"
_log = logging.getLogger(__name__)


class Violation(msgspec.Struct):
    """One broken promise."""

    check: str = ""
    subject: str = ""
    description: str = ""
    columns: list[str] = []


class _Rest(msgspec.Struct):
    violations: list[Violation] = []


@dataclass(frozen=True, slots=True)
class Details:
    """What rules ask of a window's summary.

    Attributes:
        distances: by feature; those without one are not in it.
    """

    violations: list[Violation]
    distances: dict[str, float]


_REST = msgspec.json.Decoder(_Rest)
_NAMES = msgspec.json.Decoder(list[str])
_NUMBERS = msgspec.json.Decoder(list[float | None])


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
    except (FormatError, msgspec.DecodeError) as error:
        _log.warning("the summary of execution %s cannot be read: %s", execution_id, error)
        return None


def _decoded(kept: bytes) -> Details:
    pieces = pieces_of(kept)
    rest = _REST.decode(text_of(pieces.get(REST, b"{}")))
    names = _NAMES.decode(text_of(pieces.get(NAME, b"[]")))
    distances = _NUMBERS.decode(text_of(pieces.get("distance", b"[]")))
    known = zip(names, distances, strict=False)
    return Details(rest.violations, {name: number for name, number in known if number is not None})
