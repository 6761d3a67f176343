"""Queries asked past SQLAlchemy give what it would give."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from leeboard.state.asked import Asked
from leeboard.state.database import Database
from leeboard.state.tables import alarms

AT = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
QUERY = select(alarms).where(alarms.c.name >= bindparam("name")).order_by(alarms.c.name).limit(1)


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    rows = [
        {"name": name, "document": {"of": name}, "created_at": AT, "modified_at": AT}
        for name in ("a%s", "b'")
    ]
    with database.write() as connection:
        connection.execute(insert(alarms), rows)
    yield database
    database.close()


@pytest.mark.parametrize("name", ["", "a%s", "b'", "c"])
def test_a_row_is_the_same_as_sqlalchemys(database, name):
    with database.read() as connection:
        expected = connection.execute(QUERY, {"name": name}).first()
        assert Asked(QUERY).first(connection, name=name) == (None if expected is None else list(expected))


def test_it_sees_the_moment_of_its_transaction(database):
    asked = Asked(QUERY)
    with database.read() as connection:
        before = asked.first(connection, name="a")
        with database.write() as other:
            other.execute(delete(alarms))
        assert asked.first(connection, name="a") == before
    with database.read() as connection:
        assert asked.first(connection, name="a") is None


def test_it_fails_as_sqlalchemy_does(database):
    asked = Asked(QUERY)
    with database.write() as connection:
        connection.execute(text("DROP TABLE alarms"))
    with database.read() as connection, pytest.raises(DBAPIError):
        asked.first(connection, name="a")
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
