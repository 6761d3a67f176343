"""Transactions on both databases: what is written is whole, and nothing is lost among processes."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from leeboard.errors import InputError
from leeboard.state.database import Database, shown
from leeboard.state.tables import alarms

AT = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
ROW = {"name": "one", "document": {}, "created_at": AT, "modified_at": AT}
COUNT_UP = """
from sqlalchemy import select, update
from leeboard.state.database import Database
from leeboard.state.tables import alarms
database = Database(argv[0])
ready()
for _ in range(50):
    with database.write() as connection:
        query = select(alarms.c.document).where(alarms.c.name == "counter").with_for_update()
        n = connection.execute(query).scalar_one()
        connection.execute(update(alarms).values(document=n + 1))
database.close()
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def keep(database: Database, name: str, document: object = None, at: datetime = AT) -> None:
    with database.write() as connection:
        values = ROW | {"name": name, "document": document or {}, "created_at": at}
        connection.execute(insert(alarms).values(values))


def test_a_time_comes_back_to_the_microsecond_and_aware(database: Database) -> None:
    keep(database, "in Tokyo", at=AT.astimezone(timezone(timedelta(hours=9))))
    with database.read() as connection:
        at = connection.execute(select(alarms.c.created_at)).scalar_one()
    assert at == AT
    assert at.tzinfo is UTC


def test_times_sort_whatever_their_zone(database: Database) -> None:
    times = [AT + timedelta(microseconds=n) for n in (-(10**16), -1, 0, 1, 10**13)]
    shuffled = random.Random(1).sample(times, len(times))
    for n, at in enumerate(shuffled):
        keep(database, str(n), at=at.astimezone(timezone(timedelta(hours=n - 2))))
    with database.read() as connection:
        assert connection.execute(select(alarms.c.created_at).order_by("created_at")).scalars().all() == times


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="has no zone"):
        keep(database, "naive", at=AT.replace(tzinfo=None))


def test_documents_keep_what_JSON_can_say(database: Database) -> None:
    document = {"ä": [1, 2.5, None, True, "🙂", {"": 2**53}]}
    keep(database, "one", document)
    with database.read() as connection:
        assert connection.execute(select(alarms.c.document)).scalar_one() == document


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def write_twice(connection: Connection) -> None:
        connection.execute(insert(alarms).values(ROW))
        connection.execute(insert(alarms).values(ROW))

    with pytest.raises(IntegrityError), database.write() as connection:
        write_twice(connection)
    with database.read() as connection:
        assert connection.execute(select(alarms.c.name)).all() == []


def test_who_reads_sees_one_moment_while_others_write(database: Database) -> None:
    keep(database, "first")
    with database.read() as connection:
        before = connection.execute(select(alarms.c.name)).scalars().all()
        keep(database, "second")
        assert connection.execute(select(alarms.c.name)).scalars().all() == before == ["first"]


def test_four_processes_that_count_up_lose_nothing(
    database_url: str, database: Database, at_once: Callable[..., list[str]]
) -> None:
    keep(database, "counter", 1)
    at_once(4, COUNT_UP, database_url)
    with database.read() as connection:
        assert connection.execute(select(alarms.c.document)).scalar_one() == 201


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_state_in_memory_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="needs a file"):
        Database(url)


@pytest.mark.parametrize("url", ["oracle+nothing://x/y", "no url", "mysql"])
def test_other_databases_are_refused_with_what_is_expected(url: str) -> None:
    with pytest.raises(InputError, match=r"expected sqlite:///FILE or postgresql://"):
        Database(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    file.write_bytes(b"not a database" * 1000)
    with pytest.raises(InputError, match=r"state\.sqlite cannot be used: file is not a database"):
        Database(f"sqlite:///{file}")


def test_a_database_that_does_not_answer_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    url = "postgresql://me:secret@127.0.0.1:1/there"
    with pytest.raises(
        InputError, match=r"postgresql://me:\*\*\*@127.0.0.1:1/there cannot be used"
    ) as caught:
        Database(url)
    assert "secret" not in str(caught.value)
    assert "secret" not in shown(url)


def test_the_file_is_written_ahead(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'state.sqlite'}").close()
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
