"""Planning: once for each scheduled time, however many plan, and what becomes of missed times."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from leeboard.service import executions, scheduling
from leeboard.service.keeping.executions import forget
from leeboard.service.resources import Resource, add, change, find, set_tags
from leeboard.service.service import Service
from leeboard.service.work import planner
from leeboard.service.work.planner import POLICY_TAG, plan_due
from leeboard.state.tables import executions as executions_table
from leeboard.state.tables import resources, work

NOW = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
AddSchedule = Callable[..., Resource]
Planned = Callable[[], list[Any]]


def due_at(service: Service, name: str = "hourly") -> datetime | None:
    with service.database.read() as connection:
        return find(connection, "monitoring-schedule", name).due_at


def set_due(service: Service, at: datetime | None) -> None:
    with service.database.write() as connection:
        connection.execute(update(resources).values(due_at=at))


def test_a_schedule_that_is_due_gets_an_execution_of_its_window(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    assert plan_due(service, TEN + timedelta(seconds=1)) == 1
    (row,) = planned()
    assert (row.scheduled_at, row.window_start_at, row.window_end_at) == (TEN, TEN - HOUR, TEN)
    assert (row.status, row.cause, row.run) == ("Pending", "planned", 0)
    assert due_at(service) == TEN + HOUR


def test_its_work_is_ready_a_moment_after_the_window_and_in_the_lane_of_the_schedule(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    schedule = add_schedule(due_at=TEN)
    plan_due(service, TEN)
    with service.database.read() as connection:
        row = connection.execute(select(work)).one()
    assert (row.kind, row.subject, row.lane) == ("execution", str(planned()[0].id), f"schedule/{schedule.id}")
    assert row.ready_at == TEN + timedelta(seconds=service.settings.grace_s)


def test_nothing_is_planned_before_it_is_due(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    assert plan_due(service, TEN - timedelta(microseconds=1)) == 0
    assert planned() == []


def test_six_planners_at_once_make_one_execution_for_each_time(
    service: Service, add_schedule: AddSchedule, planned: Planned, together: Callable[..., list[int]]
) -> None:
    for n in range(5):
        add_schedule(f"schedule-{n}", due_at=TEN - 9 * HOUR)
    made = together(6, lambda _: plan_due(service, NOW))
    assert sum(made) == 50
    times = [TEN - n * HOUR for n in range(10)]
    assert sorted((row.schedule_name, row.scheduled_at) for row in planned()) == sorted(
        (f"schedule-{n}", at) for n in range(5) for at in times
    )


def test_planning_that_was_lost_in_part_is_made_up_for_and_nothing_twice(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN - 2 * HOUR)
    assert plan_due(service, NOW) == 3
    set_due(service, TEN - 5 * HOUR)
    assert plan_due(service, NOW) == 3
    assert [row.scheduled_at for row in planned()] == [TEN - n * HOUR for n in range(5, -1, -1)]


def test_missed_times_are_caught_up_in_order(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN - 3 * HOUR)
    plan_due(service, NOW)
    assert [row.scheduled_at for row in planned()] == [TEN - n * HOUR for n in (3, 2, 1, 0)]
    assert {row.cause for row in planned()} == {"catch-up"}
    with service.database.read() as connection:
        order = connection.execute(select(work.c.subject).order_by(work.c.ready_at, work.c.id)).scalars()
        assert list(order) == [str(row.id) for row in planned()]


def test_no_more_are_caught_up_than_the_limit_says_and_those_are_the_latest(
    service: Service, add_schedule: AddSchedule, planned: Planned, caplog: pytest.LogCaptureFixture
) -> None:
    add_schedule(due_at=TEN - 20 * HOUR)
    plan_due(replace(service, settings=replace(service.settings, catch_up_limit=4)), NOW)
    assert [row.scheduled_at for row in planned()] == [TEN - n * HOUR for n in (3, 2, 1, 0)]
    assert "17 scheduled times before" in caplog.text


def test_a_server_may_skip_what_was_missed_but_the_latest(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN - 5 * HOUR)
    plan_due(replace(service, settings=replace(service.settings, missed="skip")), NOW)
    assert [row.scheduled_at for row in planned()] == [TEN]


def test_a_schedule_says_by_a_tag_what_becomes_of_what_it_missed(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    for name in ("skips", "catches-up"):
        add_schedule(name, due_at=TEN - 2 * HOUR)
    with service.database.write() as connection:
        arn = find(connection, "monitoring-schedule", "skips").arn
        set_tags(connection, arn, [{"Key": POLICY_TAG, "Value": "skip"}])
    plan_due(service, NOW)
    names = [row.schedule_name for row in planned()]
    assert (names.count("skips"), names.count("catches-up")) == (1, 3)


def test_one_execution_waits_behind_one_that_runs_and_more_are_refused(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    for n in range(4):
        plan_due(service, TEN + n * HOUR)
    assert [row.status for row in planned()] == ["Pending", "Pending", "Failed", "Failed"]
    assert planned()[2].failure_reason.startswith(
        "Not run: 2 earlier executions of this schedule had not ended"
    )
    with service.database.read() as connection:
        assert len(connection.execute(select(work)).all()) == 2


def test_what_is_caught_up_or_run_by_hand_refuses_nothing(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN - 5 * HOUR)
    plan_due(service, NOW)
    scheduling.fire(service, "hourly", NOW)
    plan_due(service, TEN + HOUR)
    assert {row.status for row in planned()} == {"Pending"}
    assert len(planned()) == 8


@pytest.mark.parametrize("status", ["Stopped", "Failed", "Pending"])
def test_a_schedule_that_is_not_scheduled_makes_nothing(
    service: Service, add_schedule: AddSchedule, planned: Planned, status: str
) -> None:
    add_schedule(due_at=TEN, status=status)
    assert plan_due(service, NOW) == 0
    assert planned() == []


def test_what_was_missed_while_a_schedule_was_stopped_is_not_made_up_for(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN - 5 * HOUR)
    scheduling.stop(service, "hourly", TEN - 6 * HOUR)
    scheduling.start(service, "hourly", NOW)
    assert due_at(service) == TEN + HOUR
    assert plan_due(service, NOW) == 0
    assert planned() == []


@pytest.mark.parametrize(
    "change", [scheduling.stop, scheduling.delete], ids=lambda change: str(change.__name__)
)
def test_a_schedule_that_changes_between_the_look_and_the_plan_makes_nothing(
    service: Service, add_schedule: AddSchedule, planned: Planned, change: Callable[..., None]
) -> None:
    schedule = add_schedule(due_at=TEN)
    change(service, "hourly", NOW)
    assert planner._plan(service, schedule, NOW) == 0
    assert planned() == []


def test_a_schedule_that_is_updated_between_the_look_and_the_plan_runs_as_it_is_then(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    """Its times are the same, so that only what it does tells that it has changed."""
    schedule = add_schedule(due_at=TEN)
    with service.database.write() as connection:
        change(connection, schedule, now=NOW, endpoint="another")
    assert planner._plan(service, schedule, NOW) == 0
    assert plan_due(service, NOW) == 1
    assert [row.endpoint for row in planned()] == ["another"]


def test_a_time_that_has_come_is_not_left_out_because_the_schedule_is_updated_before_it_is_planned(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    schedule = add_schedule(due_at=TEN)
    capture = {"DestinationS3Uri": "s3://b/capture", "EnableCapture": True}
    with service.database.write() as connection:
        add(connection, service.settings, "endpoint", "churn", {}, now=TEN, facts={"capture": capture})
    config = schedule.document["MonitoringScheduleConfig"]
    scheduling.update(service, "hourly", config, TEN + timedelta(seconds=0.2))
    plan_due(service, TEN + timedelta(seconds=0.5))
    assert [row.scheduled_at for row in planned()] == [TEN]
    scheduling.update(service, "hourly", config, TEN + timedelta(seconds=1))
    plan_due(service, TEN + timedelta(seconds=2))
    assert (len(planned()), due_at(service)) == (1, TEN + HOUR)


def test_a_schedule_of_one_broken_window_does_not_hold_up_the_others(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule("broken", due_at=TEN)
    add_schedule("sound", due_at=TEN)
    with service.database.write() as connection:
        broken = find(connection, "monitoring-schedule", "broken")
        document = {"MonitoringScheduleConfig": dict(broken.document["MonitoringScheduleConfig"])}
        document["MonitoringScheduleConfig"]["ScheduleConfig"] = {"ScheduleExpression": "cron(nonsense)"}
        connection.execute(update(resources).where(resources.c.id == broken.id).values(document=document))
    plan_due(service, NOW)
    assert [row.schedule_name for row in planned()] == ["sound"]
    with service.database.read() as connection:
        broken = find(connection, "monitoring-schedule", "broken")
    assert broken.status == "Failed"
    assert "'cron(nonsense)' is not valid" in broken.facts["failure"]


def test_runs_by_hand_of_one_time_have_numbers_of_their_own_also_at_once(
    service: Service, add_schedule: AddSchedule, planned: Planned, together: Callable[..., list[Any]]
) -> None:
    add_schedule(due_at=TEN)
    together(5, lambda _: scheduling.fire(service, "hourly", NOW, TEN))
    plan_due(service, NOW)
    assert sorted(row.run for row in planned()) == [0, 1, 2, 3, 4, 5]
    assert {row.cause for row in planned() if row.run} == {executions.BY_HAND}


def test_a_schedule_made_anew_under_its_old_name_has_executions_of_its_own(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN)
    plan_due(service, NOW)
    scheduling.delete(service, "hourly", NOW)
    add_schedule(due_at=TEN)
    assert plan_due(service, NOW) == 1
    assert len({row.schedule_id for row in planned()}) == 2


def test_windows_that_are_older_than_history_are_not_made_up_for(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    add_schedule(due_at=TEN - 60 * HOUR)
    limited = replace(service, settings=replace(service.settings, history_days=1))
    assert plan_due(limited, TEN) == 25
    assert planned()[0].scheduled_at == TEN - 24 * HOUR


def test_a_window_that_was_forgotten_is_not_run_again(
    service: Service, add_schedule: AddSchedule, planned: Planned
) -> None:
    schedule = add_schedule(due_at=TEN - 9 * HOUR)
    assert plan_due(service, TEN) == 10
    with service.database.write() as connection:
        connection.execute(update(executions_table).values(status="Completed"))
    gone = sum(counts["executions"] for counts in forget(service, TEN + HOUR))
    assert gone == 9
    assert plan_due(service, TEN + timedelta(minutes=1)) == 0
    assert plan_due(service, TEN + HOUR) == 1
    assert [row.scheduled_at for row in planned()] == [TEN, TEN + HOUR]
    scheduling.stop(service, schedule.name, TEN + HOUR)
    scheduling.start(service, schedule.name, TEN + HOUR)
    assert plan_due(service, TEN + 2 * HOUR) == 1
