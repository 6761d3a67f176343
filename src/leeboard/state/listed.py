"""Texts as a table that a query joins, however many there are: they are one parameter."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import JSON, Connection, FromClause, Text, cast, func, literal


def listed(connection: Connection, texts: Iterable[str]) -> FromClause:
    """A table whose only column, `value`, has them."""
    given = literal(msgspec.json.encode(list(texts)).decode(), Text)
    if connection.dialect.name == "sqlite":
        return func.json_each(given).table_valued("value", name="listed")
    return func.json_array_elements_text(cast(given, JSON)).table_valued("value", name="listed")
