"""Lines of the audit log on their way: none is lost that the database takes."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leeboard.service.access import audit, trail
from leeboard.service.access.audit import Line
from leeboard.service.access.trail import Trail

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
LINE = Line(
    at=datetime(2026, 11, 26, 10, tzinfo=UTC),
    visitor="LBAK",
    via="api",
    action="CreateModel",
    subject="m",
    outcome="ok",
    details={},
)


def subjects(service):
    return sorted(int(row[4]) for row in audit.rows(service.database))


def test_lines_are_written_while_it_runs(service):
    taking = Trail(service.database, every_s=0.0)
    taking.start()
    try:
        for n in range(3):
            taking.put(replace(LINE, subject=str(n)))
            deadline = time.monotonic() + 60
            while subjects(service) != list(range(n + 1)):
                assert time.monotonic() < deadline
                time.sleep(0.005)
    finally:
        taking.close()


@BOTH
def test_what_many_threads_put_is_there_when_it_is_closed(service, together):
    taking = Trail(service.database, every_s=60.0)
    taking.start()

    def put(number):
        for n in range(200):
            taking.put(replace(LINE, subject=str(number * 200 + n)))

    together(8, put)
    taking.close()
    assert subjects(service) == list(range(1600))


def test_one_that_was_never_started_writes_at_its_end_too(service):
    taking = Trail(service.database)
    taking.put(replace(LINE, subject="7"))
    taking.close()
    assert subjects(service) == [7]


@BOTH
def test_lines_wait_in_their_order_while_the_database_is_away(service, monkeypatch):
    taking = Trail(service.database)
    with service.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_log RENAME TO gone")
    for n in range(3):
        taking.put(replace(LINE, subject=str(n)))
        taking.flush()
    with service.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO audit_log")
    taking.flush()
    assert [row[4] for row in audit.rows(service.database)] == ["2", "1", "0"]


def test_no_more_wait_than_it_may_keep_and_what_is_lost_is_told(service, monkeypatch, caplog):
    monkeypatch.setattr(trail, "MOST_WAITING", 2)
    taking = Trail(service.database)
    for n in range(5):
        taking.put(replace(LINE, subject=str(n)))
    taking.close()
    assert subjects(service) == [0, 1]
    assert "3 lines of the audit log are lost" in caplog.text
