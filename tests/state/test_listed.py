"""Texts that a query joins."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from leeboard.state.database import Database
from leeboard.state.listed import listed


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.mark.parametrize("texts", [[], ["a"], ["", "ä'\"\\", "a" * 300], [str(n) for n in range(70_000)]])
@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_as_many_as_there_are_come_back_as_they_were(database: Database, texts: list[str]) -> None:
    with database.read() as connection:
        rows = connection.execute(select(listed(connection, texts).c.value)).scalars().all()
    assert rows == texts
