"""Deletes of rows that are over, portion by portion, so that others can write between them."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, select


def delete_portion(
    connection: Connection,
    key: Column[Any],
    *over: ColumnElement[bool],
    limit: int,
    first: ColumnElement[Any] | None = None,
) -> int:
    """Delete rows of one table, so many at most, but for those that somebody holds just now.

    Args:
        key: the column that tells its rows apart.
        over: conditions that all hold for what goes.
        first: what goes first is the least by this, if it matters.

    Returns:
        How many there were; call it until that is 0.
    """
    old = select(key).where(*over).order_by(first).limit(limit)
    chosen = select(*old.with_for_update(skip_locked=True, of=key.table).cte("chosen").c)
    gone = delete(key.table).where(key.in_(chosen)).returning(key)
    return len(connection.execute(gone).all())  # SQLite counts no rows behind WITH
