"""Tables come into being once, whoever begins, and are those that the code knows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from leeboard.errors import InputError
from leeboard.state import migrations
from leeboard.state.database import Database
from leeboard.state.schema import metadata

VERSIONS = Path(migrations.__path__[0], "versions")
LATEST = max(file.name[:4] for file in VERSIONS.glob("0*.py"))
OPEN = """
from leeboard.state.database import Database
ready()
Database(argv[0]).close()
"""


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    database = Database(url)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()


def test_the_migrations_make_the_tables_that_the_code_knows(database_url: str) -> None:
    with reading(database_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_database_that_is_there_is_opened_as_it_is(database_url: str) -> None:
    for _ in range(2):
        with reading(database_url) as connection:
            assert MigrationContext.configure(connection).get_current_revision() == LATEST


def test_several_processes_may_open_a_new_database_at_once(
    database_url: str, at_once: Callable[..., list[str]]
) -> None:
    at_once(5, OPEN, database_url)
    with reading(database_url) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [LATEST]


def test_tables_of_a_newer_leeboard_are_refused(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(InputError, match=r"at version 9999.*newer leeboard.*Upgrade leeboard"):
        Database(database_url)


def test_a_migration_that_fails_half_way_leaves_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError("pulled the plug")

    with monkeypatch.context() as patch:
        patch.setattr("leeboard.state.migration._refuse_newer", break_off)
        with pytest.raises(RuntimeError, match="pulled"):
            Database(database_url)
    with reading(database_url) as connection:
        assert not connection.dialect.has_table(connection, "half")
        assert connection.dialect.has_table(connection, "work")


def test_new_files_may_be_opened_by_several_processes_again_and_again(
    tmp_path: Path, at_once: Callable[..., list[str]]
) -> None:
    """SQLite's switch to write-ahead does not wait for others by itself."""
    program = """
from time import sleep, time
from leeboard.state.database import Database
ready()
first = int(time()) + 1
for n in range(10):
    sleep(max(0, first + n / 8 - time()))
    Database(f"{argv[0]}/{n}.sqlite").close()
"""
    at_once(5, program, f"sqlite:///{tmp_path}")
