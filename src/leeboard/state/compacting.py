"""Gives the space of removed rows back to the disk, where a database does not do that of itself."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from sqlalchemy import make_url

from leeboard.errors import InputError
from leeboard.state.database import BUSY_S

PORTION = 2000
"""Pages of one transaction: 8 MB."""
PAUSE_S = 0.05
CHECKPOINT_MS = 500
INCREMENTAL = 2
"""SQLite's number for files that can give back a few pages at a time."""


@dataclass(frozen=True, slots=True)
class FileSize:
    """Of a file of SQLite: all of it, and what of it holds nothing."""

    size_bytes: int
    free_bytes: int


def file_of(url: str) -> Path | None:
    """The file of the database; None for one that is not SQLite."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def size_of(file: Path) -> FileSize:
    """Asks the file itself."""
    connection = sqlite3.connect(file, timeout=BUSY_S)
    try:
        return _size(connection)
    finally:
        connection.close()


def compact(file: Path) -> FileSize:
    """Give back what is free; gives what the file is then.

    The first time it is written anew: nobody else can write meanwhile, and up to twice the size of what is
    kept is needed on the disk. From then on it gives back some pages at a time, and others get in.

    Raises:
        InputError: the disk has too little room, or others did not let go of the file.
    """
    connection = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
    try:
        if connection.execute("PRAGMA auto_vacuum").fetchone()[0] == INCREMENTAL:
            _give_back(connection)
        else:
            _check_room(file, _size(connection))
            connection.execute(f"PRAGMA auto_vacuum={INCREMENTAL}")
            connection.execute("VACUUM")
        connection.execute(f"PRAGMA busy_timeout={CHECKPOINT_MS}")  # others wait while this does
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return _size(connection)
    except sqlite3.OperationalError as error:
        raise InputError(
            f"{file} cannot be made smaller: {error}. End the server that uses it, or try again when it is "
            "idle"
        ) from error
    finally:
        connection.close()


def _give_back(connection: sqlite3.Connection) -> None:
    """Each portion is a transaction of its own. As a script: `execute` steps once, and that is one page."""
    while connection.execute("PRAGMA freelist_count").fetchone()[0]:
        connection.executescript(f"BEGIN IMMEDIATE; PRAGMA incremental_vacuum({PORTION}); COMMIT;")
        sleep(PAUSE_S)


def _size(connection: sqlite3.Connection) -> FileSize:
    page, n, n_free = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_size", "page_count", "freelist_count")
    )
    return FileSize(page * n, page * n_free)


def _check_room(file: Path, size: FileSize) -> None:
    needed = 2 * (size.size_bytes - size.free_bytes)
    free = shutil.disk_usage(file.parent).free
    if free < needed:
        raise InputError(
            f"to write {file} anew takes up to {needed:,} bytes on its disk, which has {free:,} free: free "
            "some room on it"
        )
