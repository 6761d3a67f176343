"""The server's database: SQLite in a file, or PostgreSQL by URL."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from leeboard.errors import InputError, MissingExtraError
from leeboard.state.migration import migrate

BUSY_S = 30
POOL = {"pool_size": 16, "max_overflow": 32}
ONE_VIEW = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""SQLite's transactions have it of themselves."""
ANSWER_S = 10
Transaction = AbstractContextManager[Connection]


class Database:
    """Connections to the tables; one object a process.

    Args:
        url: of SQLAlchemy, `sqlite:///FILE` or `postgresql://USER@HOST/NAME`; its tables are
            brought to this version first, by one process at a time.

    Raises:
        InputError: the database cannot be reached or used.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        try:
            migrate(self._engine)
        except DBAPIError as error:
            raise InputError(f"the database {shown(url)} cannot be used: {error.orig}") from error
        finally:
            self._engine.dispose()  # so that nothing stays open if it failed
        self._writing = self._engine.execution_options(leeboard_writes=True)
        self._reading = self._engine if self.is_sqlite else self._engine.execution_options(**ONE_VIEW)
        self._around: Callable[[Transaction], Transaction] | None = None

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing may be written in it."""
        with self._reading.connect() as connection, connection.begin():
            yield connection

    def write(self) -> Transaction:
        """One transaction: all of it happens, or nothing."""
        transaction = self._writing.begin()
        return transaction if self._around is None else self._around(transaction)

    def within(self, around: Callable[[Transaction], Transaction]) -> Self:
        """The same database; what is written by it goes through `around`, which may add to it."""
        other = copy(self)
        other._around = around
        return other

    def close(self) -> None:
        self._engine.dispose()


def shown(url: str) -> str:
    """A URL for messages, without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "given"


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed.database or "")
        waits = {"connect_timeout": str(ANSWER_S), "tcp_user_timeout": str(ANSWER_S * 1000)} | parsed.query
        return create_engine(parsed.set(query=waits), pool_pre_ping=True, **POOL)
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise MissingExtraError("psycopg", "postgres", "a PostgreSQL database") from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError(
            f"the database URL {shown(url)!r} cannot be used: {error}; expected sqlite:///FILE or "
            f"postgresql://USER:PASSWORD@HOST/NAME"
        ) from error


def _sqlite(file: str) -> Engine:
    if not file or file == ":memory:":
        raise InputError("the state needs a file: a database in memory is gone with the process")
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with _explained(file):
        _write_ahead(file)
    engine = create_engine(f"sqlite:///{file}", **POOL)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def _explained(file: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise InputError(f"the state file {file} cannot be used: {error}") from error


def _write_ahead(file: str) -> None:
    """Switched on once; the switch itself does not wait for others who have the file open."""
    deadline = monotonic() + BUSY_S
    while not _is_written_ahead(file):
        if monotonic() > deadline:
            raise sqlite3.OperationalError("database is locked")
        sleep(0.02)


def _is_written_ahead(file: str) -> bool:
    """Whether it is, after it was tried; False if somebody else was in the way."""
    connection = sqlite3.connect(file, timeout=BUSY_S)
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode=WAL")
        return True
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        connection.close()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, below
    for pragma in (f"busy_timeout={BUSY_S * 1000}", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A transaction that may write says so at once: one that upgrades later fails under contention."""
    writes = connection.get_execution_options().get("leeboard_writes")
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    cursor.close()
