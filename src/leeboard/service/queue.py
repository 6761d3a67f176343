"""The queue of due work: one claim at a time, by lease and fence.

A claim holds as long as its lease is renewed. A worker that dies leaves a lease that runs out; the
next claim of that work raises its fence, and only the holder of the newest fence may write a result.
Work of one lane is done one after another.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    delete,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from leeboard.state.database import Database
from leeboard.state.inserting import insert_of
from leeboard.state.tables import work

TRIES = 5
"""How often to look again after another worker was quicker."""


class LeaseLostError(Exception):
    """Somebody else has the work now, or it was taken back: nothing may be written for it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Work that its owner may do until the lease runs out.

    Attributes:
        attempt: how often it was begun and came to an end of its own, this time included.
        lost: how often it was taken over from a worker that had died or was silent for too long.
        ready_at: since when it was due; the row has another time once somebody has woken it since.
    """

    id: int
    kind: str
    subject: str
    lane: str
    attempt: int
    lost: int
    fence: int
    owner: str
    ready_at: datetime

    @property
    def n_begun(self) -> int:
        """How often it was begun in all."""
        return self.attempt + self.lost

    @property
    def holds(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions under which the claim is still this one."""
        return (work.c.id == self.id, work.c.fence == self.fence, work.c.state == "Running")


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of claims that were to be kept.

    Attributes:
        kept: for another lease.
        lost: those that are another's now, or were ended.
    """

    kept: frozenset[Claim]
    lost: frozenset[Claim]


def put(connection: Connection, kind: str, subject: str, *, ready_at: datetime, lane: str = "") -> None:
    """Make work due; work that is there already stays as it is."""
    values = {
        "kind": kind,
        "subject": subject,
        "lane": lane or f"{kind}/{subject}",
        "state": "Ready",
        "ready_at": ready_at,
        "attempt": 0,
        "fence": 0,
    }
    connection.execute(insert_of(connection, work).values(values).on_conflict_do_nothing())


def claim(
    database: Database, owner: str, kinds: Sequence[str], *, now: datetime, lease_s: float
) -> Claim | None:
    """Work that was abandoned, else the oldest that is due, of these kinds and of a free lane; None if
    there is none.
    """
    until = now + timedelta(seconds=lease_s)
    for _ in range(TRIES):
        try:
            with database.write() as connection:
                row = connection.execute(_abandoned(kinds, now)).first()
                row = row or connection.execute(_ready(kinds, now)).first()
                return _taken(connection, row, owner, until) if row else None
        except IntegrityError:  # another worker took work of the same lane at the same moment
            continue
    return None


def _abandoned(kinds: Sequence[str], now: datetime) -> Select[Any]:
    return _first(kinds, work.c.state == "Running", work.c.lease_until < now)


def _ready(kinds: Sequence[str], now: datetime) -> Select[Any]:
    """A list of busy lanes is short; to ask for each row whether its lane is busy takes seconds."""
    other = work.alias("busy")
    busy = select(other.c.lane).where(other.c.state == literal_column("'Running'"))
    return _first(kinds, work.c.state == "Ready", work.c.ready_at <= now, work.c.lane.not_in(busy))


def _first(kinds: Sequence[str], *where: ColumnElement[bool]) -> Select[Any]:
    found = select(work).where(work.c.kind.in_(kinds), *where).order_by(work.c.ready_at, work.c.id)
    return found.limit(1).with_for_update(skip_locked=True, of=work)


def _taken(connection: Connection, row: Row[Any], owner: str, until: datetime) -> Claim:
    """What a dead worker left goes on as the same attempt: the work itself has not failed."""
    is_left = row.state == "Running"
    attempt, lost, fence = row.attempt + (not is_left), row.lost + is_left, row.fence + 1
    counts = {"attempt": attempt, "lost": lost, "fence": fence}
    taken = update(work).where(work.c.id == row.id)
    connection.execute(taken.values(state="Running", owner=owner, lease_until=until, **counts))
    return Claim(row.id, row.kind, row.subject, row.lane, attempt, lost, fence, owner, row.ready_at)


def renew(database: Database, held: Sequence[Claim], *, until: datetime) -> Renewed:
    """Keep claims; one that another transaction holds is passed over, so that it holds up no other."""
    fenced = tuple_(work.c.id, work.c.fence).in_([(claim.id, claim.fence) for claim in held])
    ours = select(work.c.id, work.c.fence).where(fenced, work.c.state == "Running").order_by(work.c.id)
    with database.write() as connection:
        kept = {tuple(row) for row in connection.execute(ours.with_for_update(skip_locked=True))}
        connection.execute(update(work).where(work.c.id.in_([n for n, _ in kept])).values(lease_until=until))
        there = {tuple(row) for row in connection.execute(ours)}
    return Renewed(
        kept=frozenset(claim for claim in held if (claim.id, claim.fence) in kept),
        lost=frozenset(claim for claim in held if (claim.id, claim.fence) not in there),
    )


def put_back(connection: Connection, held: Claim, *, ready_at: datetime, counts: bool = True) -> None:
    """Do it later: after a failure of ours, or, not counted, because something is not there yet; at once
    if somebody has woken it meanwhile.

    Raises:
        LeaseLostError: the claim is lost.
    """
    attempt = held.attempt if counts else held.attempt - 1
    is_as_it_was = work.c.ready_at == held.ready_at
    at = case((is_as_it_was, literal(ready_at, work.c.ready_at.type)), else_=work.c.ready_at)
    counted = {"attempt": attempt, "lost": held.lost}
    later = update(work).where(*held.holds)
    done = connection.execute(
        later.values(state="Ready", ready_at=at, owner=None, lease_until=None, **counted)
    )
    if done.rowcount != 1:
        raise LeaseLostError(held.subject)


def wake(connection: Connection, kind: str, subject: str, *, now: datetime) -> None:
    """Have work that waits looked at at once; if it runs, once more after that."""
    where = (work.c.kind == kind, work.c.subject == subject)
    connection.execute(update(work).where(*where).values(ready_at=now))


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


@contextmanager
def holding(database: Database, held: Claim) -> Iterator[Connection]:
    """A transaction of work that goes on after it.

    Raises:
        LeaseLostError: the claim is lost; nothing was written.
    """
    with database.write() as connection:
        if connection.execute(update(work).where(*held.holds).values(owner=held.owner)).rowcount != 1:
            raise LeaseLostError(held.subject)
        yield connection


def hold_up(connection: Connection, kind: str, subject: str) -> None:
    """Who does that work for what was there before ends it after this transaction, and sees its result."""
    query = select(work.c.id).where(work.c.kind == kind, work.c.subject == subject)
    connection.execute(query.with_for_update())


def is_running(connection: Connection, kind: str, subject: str) -> bool:
    """Whether somebody has claimed it."""
    query = select(work.c.state).where(work.c.kind == kind, work.c.subject == subject)
    return connection.execute(query).scalar() == "Running"


def take_back(connection: Connection, kind: str, subject: str) -> bool:
    """Remove work that nobody has begun; False if it runs, or is not there."""
    where = (work.c.kind == kind, work.c.subject == subject, work.c.state == "Ready")
    return connection.execute(delete(work).where(*where)).rowcount == 1
