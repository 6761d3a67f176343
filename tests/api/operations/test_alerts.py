"""Alerts: one a schedule, judged by its last executions."""

import pytest

from api_documents import by_name, definition, endpoint_input, monitored, run_by_hand, unique
from live_server import until


@pytest.fixture
def schedule(sm):
    """A schedule whose runs fail, as nothing is captured."""
    name = unique("Alerting")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(monitored(sm))))
    return run_by_hand(sm, name, by_name(name))


def alert(sm, schedule):
    (found,) = sm.list_monitoring_alerts(MonitoringScheduleName=schedule)["MonitoringAlertSummaries"]
    return found


def history(sm, **asked):
    return sm.list_monitoring_alert_history(**asked)["MonitoringAlertHistory"]


def run(own, schedule):
    """Fires it by hand and waits; its runs fail."""
    made = own.post(f"/leeboard/schedules/{schedule}/run")
    until(
        lambda: own.get(f"/leeboard/executions/{made['execution']}"), lambda told: told["status"] == "Failed"
    )


def test_a_new_schedule_has_an_alert_at_once(sm, schedule):
    told = alert(sm, schedule)
    assert told.pop("CreationTime") == told.pop("LastModifiedTime")
    assert told == {
        "MonitoringAlertName": schedule,
        "AlertStatus": "OK",
        "DatapointsToAlert": 1,
        "EvaluationPeriod": 1,
        "Actions": {"ModelDashboardIndicator": {"Enabled": True}},
    }
    assert history(sm, MonitoringScheduleName=schedule) == []


def test_an_update_shows_in_the_list_with_name_and_status_unchanged(sm, schedule):
    before = alert(sm, schedule)
    answer = sm.update_monitoring_alert(
        MonitoringScheduleName=schedule.lower(),
        MonitoringAlertName=schedule.lower(),
        DatapointsToAlert=3,
        EvaluationPeriod=5,
    )
    after = alert(sm, schedule)
    assert (answer["MonitoringAlertName"], after["MonitoringAlertName"]) == (schedule, schedule)
    assert answer["MonitoringScheduleArn"].endswith(f"/{schedule.lower()}")
    assert (after["DatapointsToAlert"], after["EvaluationPeriod"], after["AlertStatus"]) == (3, 5, "OK")
    assert after["CreationTime"] == before["CreationTime"]
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


def test_updates_that_cannot_be_are_refused(sm, schedule, refused):
    asked = {"MonitoringScheduleName": schedule, "MonitoringAlertName": schedule}
    with refused("ValidationException", "DatapointsToAlert is 3"):
        sm.update_monitoring_alert(**asked, DatapointsToAlert=3, EvaluationPeriod=2)
    with refused("ResourceNotFound", "has no alert other", schedule):
        sm.update_monitoring_alert(
            **asked | {"MonitoringAlertName": "other"}, DatapointsToAlert=1, EvaluationPeriod=1
        )
    with refused("ValidationException", "1 validation error detected"):
        sm.update_monitoring_alert(**asked, DatapointsToAlert=1, EvaluationPeriod=101)


def test_a_failed_execution_alerts_and_an_update_judges_anew(sm, own, schedule):
    run(own, schedule)
    assert alert(sm, schedule)["AlertStatus"] == "InAlert"
    asked = {"MonitoringScheduleName": schedule, "MonitoringAlertName": schedule}
    sm.update_monitoring_alert(**asked, DatapointsToAlert=2, EvaluationPeriod=2)
    assert alert(sm, schedule)["AlertStatus"] == "OK"
    told = history(sm, MonitoringScheduleName=schedule)
    assert [each["AlertStatus"] for each in told] == ["OK", "InAlert"]
    assert {each["MonitoringAlertName"] for each in told} == {schedule}
    assert told[0]["CreationTime"] > told[1]["CreationTime"]
    only = history(sm, MonitoringScheduleName=schedule, StatusEquals="InAlert", SortOrder="Ascending")
    assert only == told[1:]
    assert history(sm, **asked, MaxResults=1) == told[:1]
    past = told[0]["CreationTime"].replace(year=2020)
    assert history(sm, MonitoringScheduleName=schedule, CreationTimeBefore=past) == []


def test_history_of_all_schedules_and_of_one_that_is_not_there(sm, own, schedule, refused):
    run(own, schedule)
    assert schedule in [each["MonitoringScheduleName"] for each in history(sm)]
    with refused("ResourceNotFound", "nobody"):
        history(sm, MonitoringScheduleName="nobody")
    sm.delete_monitoring_schedule(MonitoringScheduleName=schedule)
    assert schedule not in [each["MonitoringScheduleName"] for each in history(sm)]
    with refused("ResourceNotFound"):
        sm.list_monitoring_alerts(MonitoringScheduleName=schedule)


def test_a_schedule_that_is_deleted_at_its_run_leaves_nothing_that_alerts(sm, own, schedule):
    """Whether it has begun by then or not: one that has not is stopped, which tests of the service show."""
    name = unique("stopped")
    times = {"DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT0H"}
    sm.create_monitoring_schedule(
        MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(schedule, "NOW", **times)
    )
    sm.delete_monitoring_schedule(MonitoringScheduleName=name)
    until(
        lambda: sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"],
        lambda found: found[0]["MonitoringExecutionStatus"] not in ("Pending", "InProgress", "Stopping"),
    )
    assert name not in [each["MonitoringScheduleName"] for each in history(sm)]
    assert own.get("/leeboard/alerts", schedule=name)["alerts"] == []
