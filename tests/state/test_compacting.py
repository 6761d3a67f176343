"""The file of SQLite gives back what is free: once as a whole, then in portions while others write."""

import sqlite3
from pathlib import Path
from threading import Event, Thread

import pytest

from leeboard.errors import InputError
from leeboard.state import compacting
from leeboard.state.compacting import compact, file_of, size_of
from leeboard.state.database import Database

ROWS = 2000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One of whose rows most are removed."""
    file = tmp_path / "state.sqlite"
    Database(f"sqlite:///{file}").close()
    _fill(file)
    return file


def _fill(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS things (id INTEGER PRIMARY KEY, text)")
        connection.executemany("INSERT INTO things (text) VALUES (?)", [("x" * 1000,)] * ROWS)
        connection.execute("DELETE FROM things WHERE id % 100 != 0")
    connection.close()


def test_the_space_of_removed_rows_is_given_back(file: Path) -> None:
    before = size_of(file)
    assert before.free_bytes > ROWS * 500
    after = compact(file)
    assert after.free_bytes == 0
    assert after.size_bytes < before.size_bytes // 2
    assert file.stat().st_size == after.size_bytes
    Database(f"sqlite:///{file}").close()


def test_the_second_time_others_get_in_meanwhile(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compact(file)
    _fill(file)
    monkeypatch.setattr(compacting, "PORTION", 100)
    done, was_written, n_written = Event(), Event(), 0

    def write() -> None:
        nonlocal n_written
        connection = sqlite3.connect(file, timeout=120, isolation_level=None)
        while not done.wait(0.01):
            connection.execute("INSERT INTO things (text) VALUES ('small')")
            n_written += 1
            was_written.set()
        connection.close()

    def pause(_: float) -> None:
        was_written.clear()
        assert was_written.wait(120)

    monkeypatch.setattr(compacting, "sleep", pause)

    writer = Thread(target=write)
    writer.start()
    try:
        assert compact(file).free_bytes < size_of(file).size_bytes // 4
    finally:
        done.set()
        writer.join()
    assert n_written > 1


def test_a_disk_without_room_is_said_before_anything_is_done(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = file.stat().st_size
    monkeypatch.setattr(compacting.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(InputError, match="free some room"):
        compact(file)
    assert file.stat().st_size == size


def test_postgresql_has_no_file(tmp_path: Path) -> None:
    assert file_of("postgresql://me@db/leeboard") is None
    assert file_of(f"sqlite:///{tmp_path}/state.sqlite") == tmp_path / "state.sqlite"
