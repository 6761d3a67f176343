"""A fleet in the state of a service, and what reading it costs."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from leeboard.service.service import Service
from watched_fleet import Fleet

Read = Callable[[Connection], Any]


@pytest.fixture
def fleet(service: Service) -> Fleet:
    return Fleet(service)


@pytest.fixture
def n_queries(service: Service) -> Callable[[Read], int]:
    """How many statements a function executes with a connection."""

    def count(read: Read) -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        engine = service.database._engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            with service.database.read() as connection:
                read(connection)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count
