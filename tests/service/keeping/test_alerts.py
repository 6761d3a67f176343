"""Alerts that are over for long go with their notices."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from leeboard.service.keeping import alerts
from leeboard.state.alerting_tables import incidents, notices
from leeboard.state.tables import alert_changes

from .conftest import DAY, NOW, total

OLD = NOW - 30 * DAY


def add_incident(service: Any, opened: int, over: int | None, notice: str = "delivered") -> int:
    """One that was opened and was over so many days ago, with one notice."""
    at, end = NOW - opened * DAY, None if over is None else NOW - over * DAY
    row = {
        "rule": "r", "subject": f"s{opened}", "schedule_id": 1, "schedule_name": "s", "severity": "warning",
        "state": "open" if over is None else "resolved", "document": {}, "opened_at": at, "changed_at": at,
        "resolved_at": end,
    }  # fmt: skip
    with service.database.write() as connection:
        number = connection.execute(insert(incidents).values(row).returning(incidents.c.id)).scalar_one()
        told = {
            "event": f"e{number}", "sink": "s", "route": "r", "message": "m", "incident_id": number,
            "state": notice, "n_attempts": 1, "document": {}, "created_at": at, "due_at": at,
        }  # fmt: skip
        connection.execute(insert(notices).values(told))
    return int(number)


def there(service: Any) -> tuple[list[int], int]:
    with service.database.read() as connection:
        found = list(connection.execute(select(incidents.c.id).order_by(incidents.c.id)).scalars())
        return found, connection.execute(select(func.count()).select_from(notices)).scalar_one()


def test_alerts_that_are_over_for_long_go_and_those_in_force_stay(service: Any) -> None:
    add_incident(service, 300, 290)
    kept = [
        add_incident(service, 280, None),
        add_incident(service, 270, 3),
        add_incident(service, 260, 250, notice="waiting"),
        add_incident(service, 2, 1),
    ]
    assert total(alerts.forget(service, OLD, is_trial=True)) == Counter({"alerts": 1})
    assert total(alerts.forget(service, OLD)) == Counter({"alerts": 1, "notices": 1})
    assert there(service) == (kept, 4)


def test_old_changes_of_alerts_go(service: Any) -> None:
    def change(at: datetime) -> dict[str, Any]:
        names = {"schedule_key": "s", "schedule_name": "s", "alert_name": "s"}
        return {"schedule_id": 1, "status": "OK", "created_at": at, **names}

    with service.database.write() as connection:
        connection.execute(insert(alert_changes), [change(NOW - days * DAY) for days in (300, 200, 1)])
    found = [total(alerts.forget_changes(service, OLD, is_trial=trial)) for trial in (True, False, False)]
    assert found == [Counter({"changes of alerts": 2}), Counter({"changes of alerts": 2}), Counter()]
