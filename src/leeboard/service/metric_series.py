"""Series of metrics: what many points have in common is kept once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, func

from leeboard.state.deleting import delete_portion
from leeboard.state.inserting import insert_of
from leeboard.state.tables import metric_points, metric_series


def digest_of(namespace: str, name: str, dimensions: str) -> str:
    """By which a series is found; `dimensions` is their key."""
    return sha256(msgspec.json.encode((namespace, name, dimensions))).hexdigest()


def numbers_of(
    connection: Connection, namespace: str, points: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], int]:
    """The number of the series of each name and dimensions, which is made if it is new.

    The rows stay locked until the transaction ends, so that nobody forgets them as empty meanwhile; all
    who come this way lock them in the same order.
    """
    last: dict[tuple[str, str], datetime] = {}
    for point in points:
        key = (point["name"], point["dimensions"])
        last[key] = max(point["at"], last.get(key, point["at"]))
    keys = {digest_of(namespace, *key): key for key in last}
    rows = [
        {"namespace": namespace, "name": key[0], "dimensions": key[1], "digest": digest, "last_at": last[key]}
        for digest, key in sorted(keys.items())
    ]
    made = insert_of(connection, metric_series)
    later = func.greatest if connection.dialect.name == "postgresql" else func.max
    kept = made.on_conflict_do_update(
        index_elements=["digest"],
        set_={"last_at": later(metric_series.c.last_at, made.excluded.last_at)},
    )
    found = connection.execute(kept.returning(metric_series.c.id, metric_series.c.digest), rows)
    return {keys[row.digest]: row.id for row in found}


def prune(connection: Connection, before: datetime, *, limit: int = 10_000) -> int:
    """Forget series without points whose last one was older, so many at most; gives how many."""
    points = exists().where(metric_points.c.series_id == metric_series.c.id)
    return delete_portion(
        connection, metric_series.c.id, metric_series.c.last_at < before, ~points, limit=limit
    )
