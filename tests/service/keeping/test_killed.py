"""A process that dies in the middle of forgetting leaves whole portions, and the next one goes on."""

import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.keeping import executions
from leeboard.state.tables import executions as table
from leeboard.state.tables import window_summaries

from .conftest import DAY, NOW, PACKED, add_job, ids, n_summaries, names, total

N_SCHEDULES, N_WINDOWS = 40, 60
PROGRAM = """
import os, sys
from datetime import datetime
from pathlib import Path
from leeboard.capture.spool import Spool
from leeboard.hosting.mapping import ModelMap
from leeboard.service.keeping import executions
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database
from sqlalchemy import event

url, home, before, how = sys.argv[1:]
database = Database(url)
spool = Spool(Path(home) / "spool")
service = Service(Settings(home=Path(home)), database, Routes(database, ModelMap(())), spool)
executions.PORTION = 100
portions = executions.forget(service, datetime.fromisoformat(before))
for _ in range(3):
    next(portions)
if how == "between":
    os._exit(7)

@event.listens_for(database._engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    if statement.startswith("DELETE FROM executions"):
        os._exit(7)

next(portions)
"""


def fill(service: Any, add_schedule: Any) -> None:
    """Some thousand executions with summaries; the first ones have jobs."""
    schedules = [add_schedule(f"s{number:02}") for number in range(N_SCHEDULES)]
    rows = [_row(schedule, NOW - DAY * age) for age in range(N_WINDOWS, 0, -1) for schedule in schedules]
    with service.database.write() as connection:
        connection.execute(insert(table), rows)
        made = [Execution.of(row) for row in connection.execute(select(*COLUMNS).order_by(table.c.id))]
        kept = [
            {"execution_id": one.id, "schedule_id": one.schedule_id, "scheduled_at": one.scheduled_at,
             "document": PACKED}
            for one in made
        ]  # fmt: skip
        connection.execute(insert(window_summaries), kept)
    for one in made[:20]:
        add_job(service, one.analysis_name, one.created_at, facts={"schedule_id": one.schedule_id})


def _row(schedule: Any, at: datetime) -> dict[str, Any]:
    return {
        "schedule_id": schedule.id, "schedule_key": schedule.name, "schedule_name": schedule.name,
        "endpoint": schedule.endpoint, "monitoring_type": "DataQuality", "scheduled_at": at, "run": 0,
        "cause": "planned", "window_start_at": at - timedelta(hours=1), "window_end_at": at,
        "status": "Completed", "ended_at": at, "created_at": at, "modified_at": at,
    }  # fmt: skip


@pytest.mark.parametrize("how", ["between", "within"])
def test_what_a_killed_process_left_is_whole_and_goes_on(
    service: Any, add_schedule: Any, database_url: str, how: str
) -> None:
    fill(service, add_schedule)
    before = NOW - 30 * DAY
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, database_url, str(service.settings.home), before.isoformat(), how],
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 7
    n = N_SCHEDULES * N_WINDOWS
    assert len(ids(service)) == n_summaries(service) == n - 300
    assert names(service) == set()
    assert total(executions.forget(service, before))["executions"] == N_SCHEDULES * 30 - 300
    assert len(ids(service)) == n_summaries(service) == N_SCHEDULES * 30
    with service.database.read() as connection:
        of = func.count(table.c.id)
        counts = connection.execute(select(of).group_by(table.c.schedule_id)).scalars().all()
    assert counts == [30] * N_SCHEDULES
