"""Brings the tables of a database to this version."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from leeboard.errors import InputError

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 7_201_731
"""Any number that nobody else locks in that PostgreSQL database."""


def migrate(engine: Engine) -> None:
    """Run what is missing, one process at a time.

    Raises:
        InputError: the tables are of a newer leeboard than this one.
    """
    with _alone(engine) as connection:
        _refuse_newer(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    there = MigrationContext.configure(connection).get_current_revision()
    if there is not None and there not in known:
        raise InputError(
            f"the tables of the database are at version {there}, which this leeboard does not know: "
            f"a newer leeboard has used it. Upgrade leeboard, or name another database"
        )


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process has at the same time."""
    with engine.execution_options(leeboard_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection
