"""What several processes do at the same moment is done as if one after another."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from leeboard.hosting.mapping import ModelRoute
from leeboard.service import alerts, jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.cloudwatch.alarms import change_alarm, put_alarm
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import add, find
from leeboard.service.routes import map_image
from leeboard.state.tables import alarms, alert_changes, executions, model_routes
from overlapping import overlap

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_alert_that_six_judge_at_once_changes_once(service, add_schedule, together):
    schedule = add_schedule()
    failed = {
        "schedule_id": schedule.id,
        "schedule_key": "h",
        "schedule_name": "h",
        "monitoring_type": "DataQuality",
        "scheduled_at": AT,
        "run": 0,
        "cause": "planned",
        "window_start_at": AT,
        "window_end_at": AT,
        "status": "Failed",
        "created_at": AT,
        "modified_at": AT,
    }
    with service.database.write() as connection:
        alerts.add_alert(connection, schedule, now=AT)
        connection.execute(insert(executions).values(failed))

    def judge(_):
        with service.database.write() as connection:
            alerts.evaluate(connection, schedule.id, now=AT)

    together(6, judge)
    with service.database.read() as connection:
        assert len(connection.execute(select(alert_changes)).all()) == 1


def test_a_job_that_ends_while_it_is_stopped_has_ended(service, together):
    for n in range(40):
        name = f"job-{n}"
        with service.database.write() as connection:
            add(connection, service.settings, PROCESSING_JOB, name, {}, now=AT, status="InProgress")

        def end_or_stop(which, name=name):
            if which:
                with suppress(InvalidRequestError):  # it has ended already
                    jobs.stop(service, PROCESSING_JOB, name, AT)
                return
            with service.database.write() as connection:
                jobs.end(connection, find(connection, PROCESSING_JOB, name), "Completed", now=AT)

        together(2, end_or_stop)
        with service.database.read() as connection:
            assert find(connection, PROCESSING_JOB, name).status == "Completed"


@pytest.fixture
def overlapping(database) -> Callable[..., None]:
    """Does two things in transactions of which the second begins before the first has ended."""

    def do(first: Callable[[Connection], Any], second: Callable[[Connection], Any]) -> None:
        is_done, may_end = Event(), Event()

        def begin() -> None:
            with database.write() as connection:
                first(connection)
                is_done.set()
                may_end.wait(120)

        def follow() -> None:
            with database.write() as connection:
                second(connection)

        overlap(begin, follow, is_there=is_done, may_go_on=may_end)

    return do


def test_an_image_that_two_map_at_once_goes_where_the_second_says(database, overlapping):
    urls = ("http://127.0.0.1:1", "http://127.0.0.1:2")
    overlapping(*(lambda c, url=url: map_image(c, ModelRoute("churn", url=url)) for url in urls))
    with database.read() as connection:
        assert connection.execute(select(model_routes.c.url)).scalars().all() == [urls[1]]


ALARM = {
    "AlarmName": "a",
    "Namespace": "n",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_an_alarm_that_two_put_at_once_is_the_second_ones(database, overlapping):
    both = (ALARM, ALARM | {"Threshold": 2.0})
    overlapping(*(lambda c, document=document: put_alarm(c, document, AT) for document in both))
    with database.read() as connection:
        (document,) = connection.execute(select(alarms.c.document)).scalars()
    assert document["Threshold"] == 2.0


def test_two_changes_of_an_alarm_at_once_both_stay(database, overlapping):
    with database.write() as connection:
        put_alarm(connection, ALARM, AT)
    members = ({"ActionsEnabled": False}, {"AlarmDescription": "d"})
    overlapping(*(lambda c, member=member: change_alarm(c, "a", member) for member in members))
    with database.read() as connection:
        (document,) = connection.execute(select(alarms.c.document)).scalars()
    assert (document["ActionsEnabled"], document["AlarmDescription"]) == (False, "d")
