"""The alert of a schedule: in alert while enough of its last executions failed or found violations."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from leeboard import clock
from leeboard.service.alerting.hook import schedule_alert, schedule_removed
from leeboard.service.alerting.turn import in_turn
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource
from leeboard.state.tables import alert_changes, alerts, executions

OK, IN_ALERT = "OK", "InAlert"
COUNTED = ("Completed", "CompletedWithViolations", "Failed")
BAD = ("CompletedWithViolations", "Failed")


def add_alert(connection: Connection, schedule: Resource, *, now: datetime) -> None:
    """Each schedule has one, under its own name: one bad execution of one."""
    values = {
        "schedule_id": schedule.id,
        "schedule_key": schedule.name.lower(),
        "name": schedule.name,
        "status": OK,
        "datapoints_to_alert": 1,
        "evaluation_period": 1,
        "created_at": now,
        "modified_at": now,
    }
    connection.execute(insert(alerts).values(values))


def remove_alert(connection: Connection, schedule: Resource, *, now: datetime | None = None) -> None:
    """With its history; what is in force of the schedule is over."""
    in_turn(connection)
    schedule_removed(connection, schedule.id, now=now or clock.now())
    connection.execute(delete(alert_changes).where(alert_changes.c.schedule_id == schedule.id))
    connection.execute(delete(alerts).where(alerts.c.schedule_id == schedule.id))


def set_alert(
    connection: Connection, schedule: Resource, *, datapoints: int, period: int, now: datetime
) -> None:
    """Change when it alerts; judged anew at once.

    Raises:
        InvalidRequestError: more bad executions are wanted than are looked at.
    """
    if datapoints > period:
        raise InvalidRequestError(
            f"DatapointsToAlert is {datapoints}, more than the EvaluationPeriod of {period} executions"
        )
    in_turn(connection)
    changed = update(alerts).where(alerts.c.schedule_id == schedule.id)
    connection.execute(
        changed.values(datapoints_to_alert=datapoints, evaluation_period=period, modified_at=now)
    )
    evaluate(connection, schedule.id, now=now)


def evaluate(connection: Connection, schedule_id: int, *, now: datetime) -> str | None:
    """Judge the last ended executions; gives the new status if it changed."""
    in_turn(connection)
    alert = connection.execute(select(alerts).where(alerts.c.schedule_id == schedule_id)).first()
    if alert is None:
        return None
    ended = (executions.c.schedule_id == schedule_id, executions.c.status.in_(COUNTED))
    latest = (executions.c.scheduled_at.desc(), executions.c.id.desc())
    query = select(executions.c.status).where(*ended).order_by(*latest).limit(alert.evaluation_period)
    seen = connection.execute(query).scalars().all()
    n_bad = sum(status in BAD for status in seen)
    status = IN_ALERT if n_bad >= alert.datapoints_to_alert else OK
    schedule_alert(connection, schedule_id, n_bad, len(seen), is_in_alert=status == IN_ALERT, now=now)
    if status == alert.status:
        return None
    changed = update(alerts).where(alerts.c.schedule_id == schedule_id)
    connection.execute(changed.values(status=status, modified_at=now))
    connection.execute(insert(alert_changes).values(_change(connection, alert, status, now)))
    return status


def _change(connection: Connection, alert: Any, status: str, now: datetime) -> dict[str, Any]:
    return {
        "schedule_id": alert.schedule_id,
        "schedule_key": alert.schedule_key,
        "schedule_name": alert.name,
        "alert_name": alert.name,
        "status": status,
        "created_at": now,
    }
