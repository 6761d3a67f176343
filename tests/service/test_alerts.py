"""Alerts against the table of the metrics specification."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from leeboard.service import alerts, jobs
from leeboard.service.executions import find_execution, plan
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.service.schedules.windows import Window
from leeboard.service.service import Service
from leeboard.state.tables import alert_changes, executions

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
GOOD, BAD, FAILED = "Completed", "CompletedWithViolations", "Failed"


class Judged:
    """A schedule with an alert, whose executions end one an hour."""

    def __init__(self, service: Service, schedule: Resource) -> None:
        self._service, self.schedule = service, schedule
        self._n = 0
        with service.database.write() as connection:
            alerts.add_alert(connection, schedule, now=START)

    def set(self, datapoints: int, period: int) -> str:
        with self._service.database.write() as connection:
            at = self._at
            alerts.set_alert(connection, self.schedule, datapoints=datapoints, period=period, now=at)
        return self.status

    def ends(self, status: str) -> str:
        self._n += 1
        values = {
            "schedule_id": self.schedule.id, "schedule_key": "hourly", "schedule_name": "hourly",
            "monitoring_type": "DataQuality", "scheduled_at": self._at, "run": 0, "cause": "planned",
            "window_start_at": START, "window_end_at": START, "status": status,
            "created_at": START, "modified_at": START,
        }  # fmt: skip
        with self._service.database.write() as connection:
            connection.execute(insert(executions).values(values))
            alerts.evaluate(connection, self.schedule.id, now=self._at)
        return self.status

    @property
    def _at(self) -> datetime:
        return START + timedelta(hours=self._n)

    @property
    def status(self) -> str:
        with self._service.database.read() as connection:
            query = select(alerts.alerts.c.status).where(alerts.alerts.c.schedule_id == self.schedule.id)
            return connection.execute(query).scalar_one()

    @property
    def history(self) -> list[tuple[str, datetime]]:
        with self._service.database.read() as connection:
            query = select(alert_changes.c.status, alert_changes.c.created_at).order_by(alert_changes.c.id)
            return [(row.status, row.created_at) for row in connection.execute(query)]


@pytest.fixture
def judged(service: Service, add_schedule: Callable[..., Resource]) -> Judged:
    return Judged(service, add_schedule())


def test_the_documented_example(judged: Judged) -> None:
    judged.set(2, 3)
    ended = [BAD, FAILED, GOOD, GOOD, BAD, GOOD, BAD]
    expected = ["OK", "InAlert", "InAlert", "OK", "OK", "OK", "InAlert"]
    assert [judged.ends(status) for status in ended] == expected
    hours = [START + timedelta(hours=n) for n in (2, 4, 7)]
    assert judged.history == list(zip(["InAlert", "OK", "InAlert"], hours, strict=True))


@pytest.mark.parametrize("bad", [BAD, FAILED])
def test_by_default_one_bad_execution_alerts_and_one_good_one_ends_it(judged: Judged, bad: str) -> None:
    assert [judged.ends(status) for status in (GOOD, bad, bad, GOOD)] == ["OK", "InAlert", "InAlert", "OK"]
    assert [status for status, _ in judged.history] == ["InAlert", "OK"]


@pytest.mark.parametrize("status", ["Stopped", "Stopping", "InProgress", "Pending"])
def test_what_did_not_end_by_itself_is_not_counted(judged: Judged, status: str) -> None:
    judged.ends(BAD)
    assert judged.ends(status) == "InAlert"


def test_an_execution_that_is_stopped_before_it_begins_does_not_count(
    judged: Judged, service: Service
) -> None:
    judged.ends(BAD)
    window = Window(START, judged._at, ())
    with service.database.write() as connection:
        execution = plan(
            connection, judged.schedule, window,
            scheduled_at=judged._at, ready_at=judged._at, cause="by hand", now=judged._at, run=1,
        )  # fmt: skip
        jobs.stop_execution(connection, execution, now=judged._at)
        ended = find_execution(connection, execution.id)
    assert (ended.status, judged.status) == ("Stopped", "InAlert")
    assert [status for status, _ in judged.history] == ["InAlert"]


def test_a_short_history_counts(judged: Judged) -> None:
    judged.set(1, 100)
    assert judged.ends(BAD) == "InAlert"


def test_a_change_of_the_numbers_is_judged_at_once(judged: Judged) -> None:
    for status in (BAD, GOOD, GOOD):
        judged.ends(status)
    assert judged.set(1, 3) == "InAlert"
    assert judged.set(2, 3) == "OK"
    assert [status for status, _ in judged.history] == ["InAlert", "OK", "InAlert", "OK"]


def test_more_bad_ones_than_are_looked_at_are_refused(judged: Judged) -> None:
    with pytest.raises(InvalidRequestError, match="is 4, more than the EvaluationPeriod of 3"):
        judged.set(4, 3)


def test_executions_count_in_the_order_of_their_times(judged: Judged, service: Service) -> None:
    """One of an old window that ends late does not stand for the present."""
    judged.ends(GOOD)
    judged._n = -50
    assert judged.ends(BAD) == "OK"


def test_a_deleted_schedule_takes_alert_and_history_with_it(judged: Judged, service: Service) -> None:
    judged.ends(BAD)
    with service.database.write() as connection:
        alerts.remove_alert(connection, judged.schedule)
    with service.database.read() as connection:
        assert connection.execute(select(alerts.alerts.c.name)).all() == []
    assert judged.history == []
