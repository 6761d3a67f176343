"""Old logs and metrics go, in portions; what is young, and history, stays."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from leeboard.service import retention
from leeboard.service.logs import append
from leeboard.service.metrics import add_points, dimensions_key
from leeboard.service.resources import find
from leeboard.service.retention import housekeeping, prune
from leeboard.service.service import Service
from leeboard.state.tables import log_events, log_streams, metric_points, metric_series

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TABLES = (log_events, log_streams, metric_points, metric_series)


def point(at, name="m"):
    sums = {"sample_count": 1.0, "sum": 2.0, "minimum": 2.0, "maximum": 2.0, "unit": "None"}
    return {"name": name, "dimensions": dimensions_key([]), "at": at, **sums}


def fill(service, *ages_in_days, now=NOW):
    """A stream and a series of each age, and one of each that has all ages."""
    times = [now - DAY * days for days in sorted(ages_in_days, reverse=True)]
    with service.database.write() as connection:
        for number, at in enumerate(times):
            append(connection, "group", f"stream{number}", [(at, "line")])
            add_points(connection, "n", [point(at, f"m{number}")])
        append(connection, "group", "all", [(at, "line") for at in times])
        add_points(connection, "n", [point(at, "all") for at in times])


def counts(service):
    with service.database.read() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES]


@pytest.mark.parametrize("portion", [1, 3, 10_000])
def test_what_is_older_than_the_days_goes_in_portions_of_any_size(service, monkeypatch, portion):
    monkeypatch.setattr(retention, "PORTION", portion)
    fill(service, 1, 89, 91, 92, 400)
    assert counts(service) == [10, 6, 10, 6]
    assert prune(service, NOW) == 18
    assert counts(service) == [4, 3, 4, 3]
    assert prune(service, NOW) == 0


def test_without_a_number_of_days_all_is_kept(service):
    kept = replace(service, settings=replace(service.settings, retention_days=None))
    fill(kept, 4000)
    assert prune(kept, NOW) == 0
    assert counts(kept) == [2, 2, 2, 2]


def test_who_is_asked_to_end_leaves_the_rest_for_the_next_time(service, monkeypatch):
    monkeypatch.setattr(retention, "PORTION", 3)
    fill(service, 100, 101, 102, 103)
    assert prune(service, NOW, should_end=lambda: True) == 3
    assert counts(service)[0] == 5


def test_jobs_and_executions_are_history_and_stay(service, add_schedule):
    schedule = add_schedule()
    prune(service, NOW + DAY * 4000)
    with service.database.read() as connection:
        assert find(connection, schedule.kind, schedule.name) is not None


def test_several_servers_may_forget_at_the_same_moment_as_points_come(service, together):
    fill(service, *range(91, 131))

    def one(number):
        if number == 0:
            for _ in range(20):
                with service.database.write() as connection:
                    add_points(connection, "n", [point(NOW, f"m{n}") for n in range(40)])
            return 0
        return prune(service, NOW)

    together(4, one)
    prune(service, NOW)
    assert counts(service)[2] == 20 * 40
    with service.database.read() as connection:
        known = select(metric_series.c.id)
        orphans = select(func.count()).where(metric_points.c.series_id.not_in(known))
        assert connection.execute(orphans).scalar_one() == 0


def test_the_thread_forgets_again_and_again(service: Service):
    thread = housekeeping(service, first_s=0.0, every_s=0.01)
    thread.start()
    try:
        for _ in range(2):
            fill(service, 100, now=datetime.now(UTC))
            deadline = time.monotonic() + 60
            while counts(service) != [0, 0, 0, 0]:
                assert time.monotonic() < deadline, counts(service)
                time.sleep(0.01)
    finally:
        thread.close()
