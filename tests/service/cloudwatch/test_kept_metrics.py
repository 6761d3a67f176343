"""What both databases make of points: sums, percentiles, lists, pages."""

from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service.cloudwatch import data, listed
from leeboard.service.cloudwatch.percentiles import percentiles
from leeboard.service.cloudwatch.periods import Grid, Metric, Range, microseconds, time_of
from leeboard.service.cloudwatch.points import points_of
from leeboard.service.cloudwatch.queries import read_queries
from leeboard.service.cloudwatch.refused import BadValueError
from leeboard.service.cloudwatch.statistic import Statistic, series, sums
from leeboard.service.metrics import add_points, point_of, prune

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
PLAIN = Metric("n", "m", "[]")


def put(database, *data, namespace="n"):
    with database.write() as connection:
        add_points(connection, namespace, points_of(data, AT))


def at(minutes, value, **more):
    return {"MetricName": "m", "Timestamp": AT + timedelta(minutes=minutes), "Value": value, **more}


def hour(period_s=600, **more):
    grid = Grid.of(AT, period_s)
    return Range(
        grid, grid.start, grid.start + 3_600_000_000, more.get("limit", 100), more.get("rising", True)
    )


def test_points_are_summed_by_period(database):
    put(database, at(0, 1.0), at(9, 3.0), at(10, 5.0), at(60, 7.0), at(-1, 9.0))
    with database.read() as connection:
        rows = sums(connection, PLAIN, hour())
    assert [(time_of(row.at).minute, row.n, row.total, row.low, row.high) for row in rows] == [
        (0, 2, 4, 1, 3),
        (10, 1, 5, 5, 5),
    ]


def test_periods_begin_with_the_time_that_was_asked_for(database):
    put(database, at(6, 1.0), at(7, 2.0), at(12, 4.0))
    grid = Grid.of(AT + timedelta(minutes=7, seconds=20), 300)
    part = Range(grid, grid.start, microseconds(AT + timedelta(hours=1)), 9)
    with database.read() as connection:
        found = series(connection, PLAIN, part, Statistic("Sum"))
    assert [(time_of(begin).minute, value) for begin, value in found] == [(7, 2.0), (12, 4.0)]


@pytest.mark.parametrize(("name", "value"), [
    ("SampleCount", 10), ("Sum", 27), ("Average", 2.7), ("Minimum", 1), ("Maximum", 3),
    ("p0", 1), ("p10", 1), ("p20", 2), ("p20.1", 3), ("p100", 3),
])  # fmt: skip
def test_values_count_as_often_as_they_came(database, name, value):
    put(database, {"MetricName": "m", "Timestamp": AT, "Values": [3, 1, 2], "Counts": [8, 1, 1]})
    with database.read() as connection:
        assert series(connection, PLAIN, hour(), Statistic.read(name)) == [(microseconds(AT), value)]


def test_statistic_sets_join_sums_and_have_no_percentile(database):
    known = {"SampleCount": 4, "Sum": 10, "Minimum": -1, "Maximum": 6}
    put(database, at(0, 2.0), {"MetricName": "m", "Timestamp": AT, "StatisticValues": known})
    with database.read() as connection:
        assert [tuple(row) for row in sums(connection, PLAIN, hour())] == [(microseconds(AT), 5, 12, -1, 6)]
        assert percentiles(connection, PLAIN, hour(), 0.5) == [[]]


def test_dimensions_are_the_same_in_any_order_and_all_of_them_count(database):
    one, two = {"Name": "Endpoint", "Value": "e"}, {"Name": "MonitoringSchedule", "Value": "s"}
    put(database, at(0, 1.0, Dimensions=[one, two]), at(0, 2.0, Dimensions=[two, one]))
    put(database, at(0, 4.0, Dimensions=[one]))
    with database.read() as connection:
        found, _ = listed.metrics(connection, {"Dimensions": [{"Name": "MonitoringSchedule"}]}, AT)
        assert [each["Dimensions"] for each in found] == [[one, two]]
        found, _ = listed.metrics(connection, {"Dimensions": [one]}, AT)
        assert sorted(len(each["Dimensions"]) for each in found) == [1, 2]
        assert listed.metrics(connection, {"Dimensions": [{"Name": "Endpoint", "Value": "E"}]}, AT)[0] == []


def test_units_are_told_apart_when_that_is_wanted(database):
    put(database, at(0, 1.0, Unit="Count"), at(0, 2.0, Unit="Percent"))
    with database.read() as connection:
        rows = sums(connection, PLAIN, hour(), by_unit=True)
        assert sorted((row.unit, row.total) for row in rows) == [("Count", 1), ("Percent", 2)]
        assert [row.total for row in sums(connection, Metric("n", "m", "[]", "Percent"), hour())] == [2]


def test_a_list_goes_on_where_its_page_ended(database, monkeypatch):
    monkeypatch.setattr(listed, "PAGE", 2)
    put(database, *({"MetricName": name, "Value": 1.0} for name in "cabdab"))
    names: list[str] = []
    token = None
    with database.read() as connection:
        while names == [] or token:
            found, token = listed.metrics(connection, {"NextToken": token} if token else {}, AT)
            names.append("".join(each["MetricName"] for each in found))
    assert names == ["ab", "cd"]


def test_recently_active_metrics_have_points_of_the_last_three_hours(database):
    put(database, at(0, 1.0), {"MetricName": "old", "Timestamp": AT - timedelta(hours=4), "Value": 1.0})
    with database.read() as connection:
        found, _ = listed.metrics(connection, {"RecentlyActive": "PT3H"}, AT)
    assert [each["MetricName"] for each in found] == ["m"]


@pytest.mark.parametrize("is_rising", [True, False])
@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_pages_of_any_size_have_each_point_once_and_in_order(database, is_rising, most):
    put(database, *(at(minute, float(minute)) for minute in range(0, 60, 2)))
    put(database, *({**at(minute, 1.0), "MetricName": "k"} for minute in range(0, 60, 7)))
    queries = read_queries([query("m", period_s=60), query("k", period_s=300)])
    points: dict[str, list[tuple[int, float]]] = {"m": [], "k": []}
    cursor, n_pages = None, 0
    with database.read() as connection:
        whole = data.page(connection, queries, data.Span(start_at=AT, end_at=AT + timedelta(hours=1)))
        while n_pages == 0 or cursor is not None:
            span = data.Span(start_at=AT, end_at=AT + timedelta(hours=1), is_rising=is_rising, most=most,
                             cursor=cursor)  # fmt: skip
            page = data.page(connection, queries, span)
            for name, [some] in page.series.items():
                points[name] += sorted(some.items(), reverse=not is_rising)
            cursor, n_pages = page.cursor, n_pages + 1
    assert n_pages == 1 if most == 100 else n_pages > 1
    for name, [all_of_it] in whole.series.items():
        assert points[name] == sorted(all_of_it.items(), reverse=not is_rising)


def query(name, *, period_s=600, stat="Sum"):
    metric = {"Namespace": "n", "MetricName": name}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period_s, "Stat": stat}}


def test_expressions_are_computed_where_both_series_have_a_point(database):
    put(database, at(0, 6.0), at(10, 8.0), {**at(10, 2.0), "MetricName": "k"})
    asked = [query("m"), query("k"), {"Id": "e", "Expression": "d * 10"}, {"Id": "d", "Expression": "m / k"}]
    with database.read() as connection:
        span = data.Span(start_at=AT, end_at=AT + timedelta(hours=1))
        page = data.page(connection, read_queries(asked), span)
    assert page.series["e"] == [{microseconds(AT + timedelta(minutes=10)): 40.0}]


def test_old_points_are_forgotten_in_portions(database):
    put(database, *(at(minute, 1.0) for minute in range(10)))
    with database.write() as connection:
        portions = [prune(connection, AT + timedelta(minutes=5), limit=3) for _ in range(3)]
        assert portions == [3, 2, 0]
        assert [row.n for row in sums(connection, PLAIN, hour())] == [5]


@pytest.mark.parametrize("wrong", [
    {"Value": float("nan")}, {"Value": float("inf")}, {"Value": 2.0**361},
    {"Values": [1.0, 2.0], "Counts": [1.0]}, {"Values": [1.0] * 151}, {"Values": [1.0], "Counts": [0.0]},
    {"StatisticValues": {"SampleCount": 0, "Sum": 0, "Minimum": 0, "Maximum": 0}},
    {"StatisticValues": {"SampleCount": 1, "Sum": 0, "Minimum": 2, "Maximum": 1}},
    {"Value": 1.0, "Timestamp": datetime(1969, 1, 1, tzinfo=UTC)},
    {"Value": 1.0, "Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]},
    {"Value": 1.0, "Dimensions": [{"Name": "a", "Value": "\0"}]},
    {"Value": 1.0, "Dimensions": [{"Name": str(n), "Value": "x" * 1000} for n in range(5)]},
])  # fmt: skip
def test_points_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError):
        points_of([{"MetricName": "m", **wrong}], AT)


@pytest.mark.parametrize("line", [
    {"MetricName": "m", "Value": float("nan")}, {"MetricName": "a\0b", "Value": 1}, {"Value": 1},
    {"MetricName": "m", "Value": 1, "Dimensions": [{"Name": "a", "Value": "x" * 5000}]},
    {"MetricName": "m", "Value": 1, "Dimensions": 7}, {"MetricName": "m", "StatisticValues": [1]},
])  # fmt: skip
def test_lines_of_a_metric_file_that_cannot_be_kept_are_left_out(line):
    assert point_of(line, AT) is None
