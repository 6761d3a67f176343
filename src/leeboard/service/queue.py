"""The queue of due work: one claim at a time, by lease and fence.

A claim holds as long as its lease is renewed. A worker that dies leaves a lease that runs out; the
next claim of that work raises its fence, and only the holder of the newest fence may write a result.
Work of one lane is done one after another.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from leeboard.state.database import Database
from leeboard.state.tables import work


class LeaseLostError(Exception):
    """Somebody else has the work now, or it was taken back: nothing may be written for it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Work that its owner may do until the lease runs out."""

    id: int
    kind: str
    subject: str
    lane: str
    attempt: int
    fence: int
    owner: str

    @property
    def holds(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions under which the claim is still this one."""
        return (work.c.id == self.id, work.c.fence == self.fence, work.c.state == "Running")


def put(connection: Connection, kind: str, subject: str, *, ready_at: datetime, lane: str = "") -> None:
    """Make work due; work that is there already stays as it is."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "kind": kind,
        "subject": subject,
        "lane": lane or f"{kind}/{subject}",
        "state": "Ready",
        "ready_at": ready_at,
        "attempt": 0,
        "fence": 0,
    }
    connection.execute(dialect.insert(work).values(values).on_conflict_do_nothing())


def claim(
    database: Database, owner: str, kinds: Sequence[str], *, now: datetime, lease_s: float
) -> Claim | None:
    """The oldest work of these kinds that is due and whose lane is free; None if there is none."""
    try:
        with database.write() as connection:
            return _claim(connection, owner, kinds, now, now + timedelta(seconds=lease_s))
    except IntegrityError:  # another worker took work of the same lane at the same moment
        return None


def _claim(
    connection: Connection, owner: str, kinds: Sequence[str], now: datetime, until: datetime
) -> Claim | None:
    other = work.alias()
    is_busy = exists().where(other.c.lane == work.c.lane, other.c.state == "Running", other.c.id != work.c.id)
    ready = and_(work.c.state == "Ready", work.c.ready_at <= now, ~is_busy)
    abandoned = and_(work.c.state == "Running", work.c.lease_until < now)
    query = (
        select(work)
        .where(work.c.kind.in_(kinds), or_(ready, abandoned))
        .order_by(work.c.ready_at, work.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=work)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    attempt, fence = row.attempt + 1, row.fence + 1
    taken = update(work).where(work.c.id == row.id)
    connection.execute(
        taken.values(state="Running", owner=owner, attempt=attempt, fence=fence, lease_until=until)
    )
    return Claim(row.id, row.kind, row.subject, row.lane, attempt, fence, owner)


def renew(database: Database, held: Claim, *, until: datetime) -> bool:
    """Keep the claim; False if it is lost."""
    with database.write() as connection:
        return connection.execute(update(work).where(*held.holds).values(lease_until=until)).rowcount == 1


def put_back(connection: Connection, held: Claim, *, ready_at: datetime, counts: bool = True) -> None:
    """Do it later: after a failure of ours, or, not counted, because something is not there yet.

    Raises:
        LeaseLostError: the claim is lost.
    """
    attempt = held.attempt if counts else held.attempt - 1
    later = update(work).where(*held.holds)
    done = connection.execute(
        later.values(state="Ready", ready_at=ready_at, attempt=attempt, owner=None, lease_until=None)
    )
    if done.rowcount != 1:
        raise LeaseLostError(held.subject)


@contextmanager
def finishing(database: Database, held: Claim) -> Iterator[Connection]:
    """A transaction that ends the work: its results are written in it, or the work goes on elsewhere.

    Raises:
        LeaseLostError: the claim is lost; nothing was written.
    """
    with database.write() as connection:
        if connection.execute(delete(work).where(*held.holds)).rowcount != 1:
            raise LeaseLostError(held.subject)
        yield connection


def is_running(connection: Connection, kind: str, subject: str) -> bool:
    """Whether somebody has claimed it."""
    query = select(work.c.state).where(work.c.kind == kind, work.c.subject == subject)
    return connection.execute(query).scalar() == "Running"


def take_back(connection: Connection, kind: str, subject: str) -> bool:
    """Remove work that nobody has begun; False if it runs, or is not there."""
    where = (work.c.kind == kind, work.c.subject == subject, work.c.state == "Ready")
    return connection.execute(delete(work).where(*where)).rowcount == 1
