"""What several processes do at the same moment is done as if one after another."""

from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import insert, select

from leeboard.service import alerts, jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import add, find
from leeboard.state.tables import alert_changes, executions

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
