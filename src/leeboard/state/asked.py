"""Queries for one row that nearly every request asks, with less around them than SQLAlchemy has for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.engine import Dialect


@dataclass(frozen=True, slots=True)
class _Form:
    """A query as a database's driver takes it.

    Attributes:
        names: of its parameters, in their order; None where the driver knows them by their names.
        constants: those that the query itself has, such as its limit.
        readers: what makes values of what the driver gives, by column.
    """

    text: str
    names: tuple[str, ...] | None
    constants: dict[str, Any]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    error: type[Exception]

    def given(self, values: dict[str, Any]) -> Sequence[Any] | dict[str, Any]:
        whole = self.constants | values
        return whole if self.names is None else [whole[name] for name in self.names]

    def read(self, row: Sequence[Any]) -> list[Any]:
        found = list(row)
        for at, read in self.readers:
            found[at] = read(found[at])
        return found


class Asked:
    """One query, made once; its parameters are `bindparam`s.

    Args:
        query: selects columns, of at most one row that matters.
    """

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._form = cache(self._made)

    def first(self, connection: Connection, **values: Any) -> list[Any] | None:
        """The columns of the first row, as `Connection.execute` would give them.

        Args:
            values: of the parameters; text and numbers, which every database takes as they are.
        """
        form = self._form(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(form.text, form.given(values))
            row = cursor.fetchone()
        except form.error:
            row = connection.execute(self._query, values).first()  # fails as such errors do everywhere
            return None if row is None else list(row)
        finally:
            cursor.close()
        return None if row is None else form.read(row)

    def _made(self, dialect: Dialect) -> "_Form":
        compiled = self._query.compile(dialect=dialect)
        kinds = [column.type.dialect_impl(dialect) for column in self._query.selected_columns]
        readers = [kind.result_processor(dialect, None) for kind in kinds]
        return _Form(
            str(compiled),
            tuple(compiled.positiontup or ()) if compiled.positional else None,
            dict(compiled.params),
            tuple((at, read) for at, read in enumerate(readers) if read is not None),
            dialect.loaded_dbapi.Error,
        )
