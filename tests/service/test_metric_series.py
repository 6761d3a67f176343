"""Series are made once, whoever comes first, and know their last point."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select

from leeboard.service.metric_series import numbers_of
from leeboard.service.metrics import add_points, dimensions_key
from leeboard.state.tables import metric_points, metric_series

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def point(name, *, minutes=0, endpoint="e"):
    sums = {"sample_count": 1.0, "sum": 2.0, "minimum": 2.0, "maximum": 2.0, "unit": "None"}
    dimensions = dimensions_key([{"Name": "Endpoint", "Value": endpoint}])
    return {"name": name, "dimensions": dimensions, "at": AT + MINUTE * minutes, **sums}


def all_of(database, column):
    with database.read() as connection:
        return connection.execute(select(column)).scalars().all()


def test_many_who_bring_the_same_new_series_in_any_order_make_each_once(database, together):
    def bring(number):
        points = [point(f"m{n}") for n in range(300)]
        Random(number).shuffle(points)
        with database.write() as connection:
            add_points(connection, "n", points)

    together(6, bring)
    numbers = all_of(database, metric_series.c.id)
    assert len(numbers) == 300
    assert Counter(all_of(database, metric_points.c.series_id)) == dict.fromkeys(numbers, 6)


def test_a_series_is_told_by_namespace_name_and_dimensions(database):
    with database.write() as connection:
        for namespace in ("n", "N"):
            points = [point("m"), point("M"), point("m", endpoint="E"), point("m")]
            assert len(numbers_of(connection, namespace, points)) == 3
    assert len(all_of(database, metric_series.c.id)) == 6


def test_the_last_time_is_that_of_the_latest_point_however_they_come(database):
    for minutes in ((3, 7, 5), (4,), (9, 8), (1,)):
        with database.write() as connection:
            add_points(connection, "n", [point("m", minutes=each) for each in minutes])
    assert all_of(database, metric_series.c.last_at) == [AT + MINUTE * 9]


def test_names_as_long_as_they_may_be_are_kept(database):
    """Indexes of PostgreSQL hold less than the three texts together."""
    long = "".join(Random(1).choices("äöüß🙂漢字", k=256))
    dimensions = dimensions_key([{"Name": long[:255], "Value": long * 4 + str(n)} for n in range(3)])
    with database.write() as connection:
        add_points(connection, long, [point(long[:255]) | {"dimensions": dimensions}])
    assert all_of(database, metric_series.c.dimensions) == [dimensions]
