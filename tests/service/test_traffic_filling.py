"""Hours that were not counted are made of their minutes: once, whoever looks and whoever dies."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from leeboard.service.service import Service
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.filling import fill
from leeboard.service.traffic.hours import last_day, stretches
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
from leeboard.state.tables import traffic_hours
from live_server import until
from set_clock import SetClock

NOW = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOTALS = ("n", "n_4xx", "n_5xx")


def count(database: Database, at: datetime, *statuses: int, variant: str = "AllTraffic") -> None:
    traffic = Traffic(database, now=SetClock(at))
    for status in statuses:
        traffic.count(Variant("Churn", variant), status, 0.002, 0.003)
    traffic.close()


def forget_hours(database: Database, before: datetime = NOW + DAY) -> None:
    """As they are after an upgrade."""
    with database.write() as connection:
        connection.execute(delete(traffic_hours).where(traffic_hours.c.at < before))


def totals(database: Database) -> tuple[int, ...]:
    sums = [func.sum(traffic_hours.c[name]) for name in TOTALS]
    with database.read() as connection:
        return tuple(int(total or 0) for total in connection.execute(select(*sums)).one())


def test_hours_before_an_upgrade_are_made_of_their_minutes_once(service: Service) -> None:
    database = service.database
    for hours_ago in (0, 1, 5, 23, 24, 24 * 80):
        count(database, NOW - hours_ago * HOUR, 200, 400, 500)
        count(database, NOW - hours_ago * HOUR, 200, variant="other")
    with database.read() as connection:
        asked = last_day(connection, NOW)["churn"]
    forget_hours(database)
    assert fill(database, NOW) == 12
    assert totals(database) == (24, 6, 6)
    with database.read() as connection:
        assert last_day(connection, NOW)["churn"] == asked
    assert fill(database, NOW) == 0


def test_an_hour_that_was_counted_in_part_gets_the_rest(service: Service) -> None:
    count(service.database, NOW, 200, 500)
    forget_hours(service.database)
    count(service.database, NOW, 200, 400)
    assert fill(service.database, NOW) == 1
    assert totals(service.database) == (4, 1, 1)


def test_minutes_of_a_server_that_keeps_no_hours_are_found_later_too(service: Service) -> None:
    count(service.database, NOW - 3 * HOUR, 200)
    forget_hours(service.database)
    count(service.database, NOW - 10 * HOUR, 200)
    assert fill(service.database, NOW) == 1
    assert totals(service.database) == (2, 0, 0)


def test_who_is_stopped_goes_on_the_next_time(service: Service) -> None:
    for days_ago in range(5):
        count(service.database, NOW - days_ago * DAY, 200)
    forget_hours(service.database)
    stops = iter([False, True])
    assert fill(service.database, NOW, lambda: next(stops)) == 2
    assert fill(service.database, NOW) == 3
    assert totals(service.database) == (5, 0, 0)


def test_hours_that_are_there_are_not_looked_at_again(service: Service) -> None:
    for days_ago in range(0, 50, 5):
        count(service.database, NOW - days_ago * DAY, 200)
    n_looks = iter(range(99))
    assert fill(service.database, NOW, lambda: next(n_looks) < 0) == 0
    assert next(n_looks) == 2  # at the one of today, and at the first


def test_servers_that_fill_at_once_while_another_counts_add_up(service: Service, database_url: str) -> None:
    for hours_ago in range(6):
        count(service.database, NOW - hours_ago * HOUR, 200)
    forget_hours(service.database)
    others = [Database(database_url) for _ in range(2)]
    begun = threading.Barrier(4)

    def filled(database: Database) -> None:
        begun.wait(120)
        fill(database, NOW)

    def counted() -> None:
        traffic = Traffic(service.database, now=SetClock(NOW))
        begun.wait(120)
        for _ in range(30):
            traffic.count(Variant("Churn", "AllTraffic"), 200, 0.002, 0.003)
            traffic.flush()

    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(filled, each) for each in (service.database, *others)]
        for done in [*working, pool.submit(counted)]:
            done.result()
    for other in others:
        other.close()
    fill(service.database, NOW)
    assert totals(service.database) == (36, 0, 0)


def test_latencies_that_nobody_knows_are_left_out(service: Service) -> None:
    count(service.database, NOW, 200)
    forget_hours(service.database)
    fill(service.database, NOW)
    with service.database.read() as connection:
        (found,) = stretches(connection, "Churn", NOW.replace(minute=0, second=0, microsecond=0), HOUR, 1)
    assert (found.n, found.model.n) == (1, 0)


def test_a_server_fills_after_its_start(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    count(service.database, NOW, 200)
    forget_hours(service.database)
    monkeypatch.setattr("leeboard.service.traffic.counting.FILL_S", 0.0)
    traffic = Traffic(service.database, now=SetClock(NOW))
    traffic.start()
    until(lambda: totals(service.database), (1, 0, 0).__eq__)
    traffic.close()
