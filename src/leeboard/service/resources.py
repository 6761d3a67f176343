"""Resources in the database: kept, found, changed, removed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeboard.service.arns import arn_of, key_of
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.settings import Settings
from leeboard.state.asked import Asked
from leeboard.state.tables import resources, tags

RESERVED = "aws:"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as it was read; `document` is the request that made it, `facts` what happened since."""

    id: int
    kind: str
    name: str
    arn: str
    status: str
    endpoint: str | None
    monitoring_type: str | None
    definition: str | None
    created_at: datetime
    modified_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    document: dict[str, Any]
    facts: dict[str, Any]

    @classmethod
    def of(cls, row: Row[Any] | Sequence[Any]) -> Self:
        return cls(*tuple(row)[: len(COLUMNS)])


COLUMNS = [resources.c[name] for name in Resource.__slots__]
FIND = select(*COLUMNS).where(resources.c.kind == bindparam("kind"), resources.c.key == bindparam("key"))
"""Made once, as nearly every request asks it."""
FIND_ALONE = FIND.with_for_update()
_FIND = Asked(FIND)


def add(
    connection: Connection,
    settings: Settings,
    kind: str,
    name: str,
    document: dict[str, Any],
    *,
    now: datetime,
    status: str = "",
    facts: dict[str, Any] | None = None,
    **columns: Any,
) -> Resource | None:
    """Keep a new resource; None if the name is taken."""
    values = {
        "kind": kind,
        "key": key_of(name),
        "name": name,
        "arn": arn_of(settings, kind, name),
        "status": status,
        "created_at": now,
        "modified_at": now,
        "document": document,
        "facts": facts or {},
        **columns,
    }
    try:
        with connection.begin_nested():
            row = connection.execute(insert(resources).values(values).returning(*COLUMNS)).one()
    except IntegrityError:
        return None
    return Resource.of(row)


def find(connection: Connection, kind: str, name: str) -> Resource | None:
    """By name, whatever its case; who may write has it alone until the end of the transaction."""
    writes = connection.get_execution_options().get("leeboard_writes")
    row: Sequence[Any] | None
    if writes:
        row = connection.execute(FIND_ALONE, {"kind": kind, "key": key_of(name)}).first()
    else:
        row = _FIND.first(connection, kind=kind, key=key_of(name))
    return Resource.of(row) if row else None


def find_by_arn(connection: Connection, arn: str) -> Resource | None:
    """ARNs are told apart without regard to case."""
    row = connection.execute(select(*COLUMNS).where(resources.c.arn.in_({arn, lower_name(arn)}))).first()
    return Resource.of(row) if row else None


def find_all(connection: Connection, kind: str, *where: Any) -> list[Resource]:
    """All of a kind, oldest first."""
    query = select(*COLUMNS).where(resources.c.kind == kind, *where).order_by(resources.c.id)
    return [Resource.of(row) for row in connection.execute(query)]


def names_there(connection: Connection, kind: str, names: Iterable[str]) -> set[str]:
    """Those of the names that there is a resource of."""
    keys = {key_of(name): name for name in names}
    query = select(resources.c.key).where(resources.c.kind == kind, resources.c.key.in_(keys))
    return {keys[key] for key in connection.execute(query).scalars()}


def change(connection: Connection, resource: Resource, *where: Any, now: datetime, **columns: Any) -> bool:
    """Set columns of one resource, if the conditions still hold; gives whether they did."""
    query = update(resources).where(resources.c.id == resource.id, *where)
    done = connection.execute(query.values(modified_at=now, **columns))
    return done.rowcount == 1


def remove(connection: Connection, resource: Resource) -> None:
    """With its tags."""
    connection.execute(delete(tags).where(tags.c.arn == resource.arn))
    connection.execute(delete(resources).where(resources.c.id == resource.id))


def set_tags(connection: Connection, arn: str, given: Sequence[dict[str, str]]) -> None:
    """Add tags; a key that is there gets the new value, and of a key that is given twice the last one counts.

    Raises:
        InvalidRequestError: a key is one of those that AWS keeps for itself.
    """
    for tag in given:
        if tag["Key"].lower().startswith(RESERVED):
            raise InvalidRequestError(f"The tag key {tag['Key']} begins with {RESERVED}, which is reserved.")
    remove_tags(connection, arn, [tag["Key"] for tag in given])
    rows = {tag["Key"]: {"arn": arn, "key": tag["Key"], "value": tag["Value"]} for tag in given}
    if rows:
        connection.execute(insert(tags), list(rows.values()))


def remove_tags(connection: Connection, arn: str, keys: Sequence[str]) -> None:
    connection.execute(delete(tags).where(tags.c.arn == arn, tags.c.key.in_(keys)))


def tags_of(connection: Connection, arn: str) -> dict[str, str]:
    """Values by key, in the order of the keys."""
    query = select(tags.c.key, tags.c.value).where(tags.c.arn == arn).order_by(tags.c.key)
    return {row.key: row.value for row in connection.execute(query)}


def lower_name(arn: str) -> str:
    """The ARN with its name in lower case, as it is kept."""
    head, slash, name = arn.partition("/")
    return head + slash + name.lower()
