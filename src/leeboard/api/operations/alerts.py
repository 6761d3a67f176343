"""Alerts of monitoring schedules, and their history."""

from typing import Any

from sqlalchemy import Row, select

from leeboard.api.operations import Operations
from leeboard.api.wire import Call
from leeboard.service import scheduling
from leeboard.service.alerts import set_alert
from leeboard.service.arns import key_of
from leeboard.service.listing import Listing
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.state.tables import alert_changes, alerts

HISTORY = Listing(
    alert_changes,
    list(alert_changes.c),
    sorts={"CreationTime": alert_changes.c.created_at, "Status": alert_changes.c.status},
    equals={"StatusEquals": alert_changes.c.status},
    times={"CreationTime": alert_changes.c.created_at},
    size=100,
)


def list_monitoring_alerts(call: Call) -> dict[str, Any]:
    """A schedule has one alert, so there is one page."""
    with call.desk.database.read() as connection:
        schedule = scheduling.existing(connection, call.params["MonitoringScheduleName"])
        rows = connection.execute(select(alerts).where(alerts.c.schedule_id == schedule.id)).all()
    return {"MonitoringAlertSummaries": [_summary(row) for row in rows]}


def _summary(row: Row[Any]) -> dict[str, Any]:
    return {
        "MonitoringAlertName": row.name,
        "CreationTime": row.created_at,
        "LastModifiedTime": row.modified_at,
        "AlertStatus": row.status,
        "DatapointsToAlert": row.datapoints_to_alert,
        "EvaluationPeriod": row.evaluation_period,
        "Actions": {"ModelDashboardIndicator": {"Enabled": True}},
    }


def update_monitoring_alert(call: Call) -> dict[str, Any]:
    name, params = call.params["MonitoringAlertName"], call.params
    with call.desk.database.write() as connection:
        schedule = scheduling.existing(connection, params["MonitoringScheduleName"])
        query = select(alerts.c.name).where(alerts.c.schedule_id == schedule.id)
        known = connection.execute(query).scalar()
        if known is None or known.lower() != name.lower():
            raise ResourceNotFoundError(f"Schedule {schedule.name} has no alert {name}; its alert: {known}")
        set_alert(
            connection,
            schedule,
            datapoints=params["DatapointsToAlert"],
            period=params["EvaluationPeriod"],
            now=call.now,
        )
    return {"MonitoringScheduleArn": schedule.arn, "MonitoringAlertName": known}


def list_monitoring_alert_history(call: Call) -> dict[str, Any]:
    name = call.params.get("MonitoringScheduleName")
    keys = [key_of(given) for given in (name, call.params.get("MonitoringAlertName")) if given]
    where = [alert_changes.c.schedule_key == key for key in keys]  # alerts are named as their schedules
    with call.desk.database.read() as connection:
        if name:
            scheduling.existing(connection, name)
        rows, token = HISTORY.page(connection, call.params, *where)
    return {
        "MonitoringAlertHistory": [
            {
                "MonitoringScheduleName": row.schedule_name,
                "MonitoringAlertName": row.alert_name,
                "CreationTime": row.created_at,
                "AlertStatus": row.status,
            }
            for row in rows
        ],
        "NextToken": token,
    }


ENTRY = Operations(
    "sagemaker",
    "alerts",
    (list_monitoring_alerts, update_monitoring_alert, list_monitoring_alert_history),
    short_reads=frozenset({list_monitoring_alerts}),
)
