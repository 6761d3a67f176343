"""Pages of executions: every row once, in order, whatever is equal, added or removed meanwhile."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert

from leeboard.api.operations.executions import LISTING
from leeboard.service.refusals import InvalidRequestError
from leeboard.state.database import Database
from leeboard.state.tables import executions

START = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
STATUSES = ["Completed", "CompletedWithViolations", "Failed"]
SORTS = ["CreationTime", "ScheduledTime", "Status"]


@pytest.fixture
def rows(database: Database) -> list[dict[str, Any]]:
    """Forty executions with few different values in each column that is sorted by."""
    chance = random.Random(4)
    made = [
        {
            "id": n, "schedule_id": n, "schedule_key": "s", "schedule_name": "S", "endpoint": f"e{n % 2}",
            "monitoring_type": "DataQuality", "run": 0, "cause": "planned",
            "window_start_at": START, "window_end_at": START, "status": chance.choice(STATUSES),
            "scheduled_at": START + timedelta(hours=chance.randrange(4)),
            "created_at": START + timedelta(microseconds=chance.randrange(5)), "modified_at": START,
        }
        for n in range(1, 41)
    ]  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(executions), chance.sample(made, len(made)))
    return made


def pages(database: Database, between: Callable[[int], None] = lambda n: None, **given: Any) -> Iterator[Any]:
    token = None
    for n in range(100):
        with database.read() as connection:
            found, token = LISTING.page(connection, {**given, "NextToken": token})
        yield found
        if token is None:
            return
        between(n)
    raise AssertionError("the pages do not end")


def ids(found: Iterator[Any]) -> list[int]:
    return [row.id for page in found for row in page]


COLUMNS = {"CreationTime": "created_at", "ScheduledTime": "scheduled_at", "Status": "status"}


@pytest.mark.parametrize("by", SORTS)
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("size", [1, 7, 40, 100])
def test_every_row_comes_once_and_in_order(
    database: Database, rows: list[dict[str, Any]], by: str, order: str, size: int
) -> None:
    expected = sorted(rows, key=lambda row: (row[COLUMNS[by]], row["id"]), reverse=order == "Descending")
    found = ids(pages(database, SortBy=by, SortOrder=order, MaxResults=size))
    assert found == [row["id"] for row in expected]


def test_without_a_wish_the_newest_come_first_ten_a_page(
    database: Database, rows: list[dict[str, Any]]
) -> None:
    found = list(pages(database))
    assert [len(page) for page in found] == [10, 10, 10, 10]
    times = [row.created_at for page in found for row in page]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("by", SORTS)
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_rows_that_are_deleted_between_pages_take_no_others_with_them(
    database: Database, rows: list[dict[str, Any]], by: str, order: str
) -> None:
    chance = random.Random(8)
    left = [row["id"] for row in rows]
    gone: list[int] = []

    def remove(_: int) -> None:
        for _ in range(3):
            gone.append(left.pop(chance.randrange(len(left))))
        with database.write() as connection:
            connection.execute(delete(executions).where(executions.c.id.in_(gone)))

    found = ids(pages(database, remove, SortBy=by, SortOrder=order, MaxResults=5))
    assert len(found) == len(set(found))
    assert set(left) <= set(found)


def test_a_row_at_the_end_of_a_page_may_be_deleted(database: Database, rows: list[dict[str, Any]]) -> None:
    with database.read() as connection:
        first, token = LISTING.page(connection, {"MaxResults": 5})
    with database.write() as connection:
        connection.execute(delete(executions).where(executions.c.id == first[-1].id))
    with database.read() as connection:
        rest, _ = LISTING.page(connection, {"MaxResults": 100, "NextToken": token})
    assert len(rest) == 35


def test_filters_go_through_all_pages(database: Database, rows: list[dict[str, Any]]) -> None:
    found = ids(pages(database, StatusEquals="Failed", EndpointName="e1", MaxResults=2))
    expected = {row["id"] for row in rows if (row["status"], row["endpoint"]) == ("Failed", "e1")}
    assert set(found) == expected
    assert len(found) == len(expected) > 2


def test_times_are_filtered_to_the_microsecond_without_their_ends(
    database: Database, rows: list[dict[str, Any]]
) -> None:
    after, before = START, START + timedelta(microseconds=2)
    found = ids(pages(database, CreationTimeAfter=after, CreationTimeBefore=before))
    assert set(found) == {row["id"] for row in rows if after < row["created_at"] < before}
    assert found


@pytest.mark.parametrize(
    "asked",
    [{"SortOrder": "Ascending"}, {"SortBy": "Status"}, {"SortBy": "ScheduledTime", "SortOrder": "Ascending"}],
)
def test_a_token_of_another_order_is_refused(
    database: Database, rows: list[dict[str, Any]], asked: dict[str, str]
) -> None:
    with database.read() as connection:
        _, token = LISTING.page(connection, {"MaxResults": 5})
        with pytest.raises(InvalidRequestError, match="NextToken is not one that this list gave out"):
            LISTING.page(connection, {**asked, "NextToken": token})


@pytest.mark.parametrize("token", ["", "x", "e30=", "W10=", "AAAA", "ä", "bnVsbA=="])
def test_what_is_no_token_is_refused_or_none(
    database: Database, rows: list[dict[str, Any]], token: str
) -> None:
    with database.read() as connection:
        if not token:
            assert len(LISTING.page(connection, {"NextToken": token})[0]) == 10
            return
        with pytest.raises(InvalidRequestError, match="NextToken"):
            LISTING.page(connection, {"NextToken": token})
