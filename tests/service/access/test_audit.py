"""The audit log: what is kept of a change, how it is read, and when it is forgotten."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service import retention
from leeboard.service.access import audit
from leeboard.service.access.audit import Asked, Line

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = Line(
    at=NOW, visitor="anna", via="dashboard", action="delete", subject="hourly", outcome="ok", details={"n": 1}
)


def write(service, *lines):
    with service.database.write() as connection:
        audit.write_all(connection, lines)


def read(service, *asked, **options):
    with service.database.read() as connection:
        return audit.read(connection, *asked, **options)


def test_a_line_is_read_as_it_was_written(service):
    with service.database.write() as connection:
        audit.write(
            connection,
            at=NOW,
            visitor="anna",
            via="dashboard",
            action="delete",
            subject="hourly",
            outcome="ok",
            details={"n": 1},
        )
    (line,) = read(service)
    assert replace(line, id=0) == FIRST


@BOTH
def test_lines_are_found_by_whom_what_of_what_and_when(service):
    write(
        service,
        FIRST,
        replace(FIRST, at=NOW + MINUTE, visitor="bert", subject="daily"),
        replace(FIRST, at=NOW + 2 * MINUTE, action="create"),
    )
    found = {
        "all": read(service),
        "visitor": read(service, Asked(visitor="bert")),
        "subject": read(service, Asked(subject="hourly")),
        "action": read(service, Asked(action="delete")),
        "since": read(service, Asked(since=NOW + MINUTE)),
        "until": read(service, Asked(until=NOW + MINUTE)),
        "together": read(service, Asked(subject="hourly", action="create", visitor="anna", since=NOW)),
        "none": read(service, Asked(subject="o'hourly\0%")),
    }
    minutes = {name: [(line.at - NOW) // MINUTE for line in lines] for name, lines in found.items()}
    assert minutes == {
        "all": [2, 1, 0], "visitor": [1], "subject": [2, 0], "action": [1, 0],
        "since": [2, 1], "until": [0], "together": [2], "none": [],
    }  # fmt: skip


@BOTH
def test_pages_hold_every_line_once_also_those_of_one_moment(service):
    write(service, *(replace(FIRST, subject=str(n), at=NOW + (n // 4) * MINUTE) for n in range(10)))
    found, before = [], None
    while page := read(service, before=before, limit=3):
        found += [line.subject for line in page]
        before = page[-1].at, page[-1].id
    assert found == [str(n) for n in reversed(range(10))]


def test_all_lines_are_taken_away_in_portions(service, monkeypatch):
    monkeypatch.setattr(audit, "PORTION", 3)
    write(service, *(replace(FIRST, subject=str(n)) for n in range(9)))
    rows = list(audit.rows(service.database))
    assert [row[4] for row in rows] == [str(n) for n in reversed(range(9))]
    assert dict(zip(audit.COLUMNS, rows[-1], strict=True))["details"] == '{"n":1}'


@BOTH
def test_hostile_texts_are_kept_as_texts_and_cut_to_size(service):
    hostile = "<script>\0\ud800'; DROP TABLE audit_log; --" + "ä" * 10_000
    write(
        service,
        replace(FIRST, subject=hostile, visitor=hostile, action=hostile, outcome=hostile, via=hostile),
    )
    (line,) = read(service)
    assert {name: len(getattr(line, name)) for name in audit.MOST} == audit.MOST
    assert line.subject.startswith("<script>\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}';")
    assert read(service, Asked(subject=hostile)) == [line]


FORGED = (
    "x\n2026-11-26 anna login dashboard ok", "x\r", "x\x1b[2K", "x\x9b31m", "x\u202ey", "x\u2028y", "x\ty",
)  # fmt: skip


@pytest.mark.parametrize("subject", FORGED, ids=range(len(FORGED)))
def test_no_name_looks_like_another_line_or_moves_a_cursor(service, subject):
    write(service, replace(FIRST, subject=subject))
    (line,) = read(service, Asked(subject=subject))
    assert line.subject.isprintable()
    assert len(line.subject) == len(subject)


def test_details_that_are_secret_or_large_are_left_out(service):
    details = {"role": "reader", "Secret": "s3cr3t", "api_token": "s3cr3t", "PASSWORD": "s3cr3t"}
    write(service, replace(FIRST, details=details), replace(FIRST, details={"document": "x" * 5000}))
    large, secret = read(service)
    assert "s3cr3t" not in json.dumps(secret.details)
    assert secret.details["role"] == "reader"
    assert large.details == {"left_out": "5015 bytes of details"}


@pytest.mark.parametrize(
    ("days", "kept"), [(90, [399]), (1000, [399, 401, 999]), (None, [399, 401, 999, 1001])]
)
def test_lines_are_kept_for_a_year_at_least_and_as_long_as_the_rest(service, days, kept):
    service = replace(service, settings=replace(service.settings, retention_days=days))
    write(service, *(replace(FIRST, at=NOW - DAY * age) for age in (399, 401, 999, 1001)))
    retention.prune(service, NOW)
    assert [(NOW - line.at) // DAY for line in read(service)] == kept
