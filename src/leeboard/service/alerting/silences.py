"""Silences: for a while nobody is told of what they match."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from leeboard.alerts.matching import Matchers, read_matchers
from leeboard.errors import InputError
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.state.alerting_tables import silences

LONGEST = timedelta(days=366)
MOST = 500
MOST_COMMENT = 1_000


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence as it was read."""

    id: int
    match: Matchers
    comment: str
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        match, comment = msgspec.convert(row.document["match"], Matchers), row.document["comment"]
        return cls(row.id, match, comment, row.starts_at, row.ends_at, row.created_by, row.created_at)


def silence(
    connection: Connection,
    match: Any,
    *,
    starts_at: datetime,
    ends_at: datetime,
    who: str,
    now: datetime,
    comment: str = "",
) -> Silence:
    """Be quiet about what matches.

    Raises:
        InvalidRequestError: the matchers or times cannot be.
    """
    try:
        matchers = read_matchers(match)
    except InputError as error:
        raise InvalidRequestError(f"match: {error}") from None
    if not now < ends_at or not starts_at < ends_at or ends_at - now > LONGEST:
        raise InvalidRequestError(
            f"a silence from {starts_at.isoformat()} until {ends_at.isoformat()}; it has to end after now "
            f"and after its start, and within {LONGEST.days} days"
        )
    n = connection.execute(select(func.count()).where(silences.c.ends_at > now)).scalar_one()
    if n >= MOST:
        raise InvalidRequestError(f"there are {n} silences that are not over, which is the most")
    document = {"match": msgspec.to_builtins(matchers), "comment": comment[:MOST_COMMENT]}
    values = {
        "document": document,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "created_by": who[:256],
        "created_at": now,
    }
    row = connection.execute(insert(silences).values(values).returning(*silences.c)).one()
    return Silence.of(row)


def end_silence(connection: Connection, number: int, *, now: datetime) -> Silence:
    """It is over now; ResourceNotFoundError if there is none, or it is over already."""
    in_force = (silences.c.id == number, silences.c.ends_at > now)
    ended = update(silences).where(*in_force).values(ends_at=now).returning(*silences.c)
    row = connection.execute(ended).first()
    if row is None:
        raise ResourceNotFoundError(f"there is no silence {number} that is not over")
    return Silence.of(row)


def list_silences(connection: Connection, now: datetime, *, with_over: bool = False) -> list[Silence]:
    """Those that are not over yet, the first to end first; or also the last ones that are."""
    if with_over:
        query = select(silences).order_by(silences.c.ends_at.desc(), silences.c.id.desc())
    else:
        query = select(silences).where(silences.c.ends_at > now).order_by(silences.c.ends_at, silences.c.id)
    return [Silence.of(row) for row in connection.execute(query.limit(MOST))]


def active(connection: Connection, now: datetime) -> list[Matchers]:
    """What nobody is told of now."""
    return [each.match for each in list_silences(connection, now) if each.starts_at <= now]


def is_silenced(matchers: Sequence[Matchers], names: dict[str, str | None]) -> bool:
    return any(each.matches(**names) for each in matchers)
