"""Old executions go with their jobs and summaries; what is new, alive or referred to stays."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update

from leeboard.api.operations.executions import LISTING
from leeboard.service import retention
from leeboard.service.alerting import editing
from leeboard.service.keeping import counts, executions
from leeboard.service.keeping import jobs as jobs_module
from leeboard.service.resources import find, remove
from leeboard.state.alerting_tables import incidents
from leeboard.state.tables import executions as table

from .conftest import DAY, NOW, add_alert, add_job, ids, n_summaries, names, total

OLD = NOW - 30 * DAY


@pytest.mark.parametrize("portion", [1, 3, 500])
def test_what_is_older_goes_with_its_jobs_and_summaries_in_portions_of_any_size(
    service: Any, add_schedule: Any, add_windows: Any, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    monkeypatch.setattr(executions, "PORTION", portion)
    made = add_windows(add_schedule(), 400, 100, 31, 29, 1)
    found = total(executions.forget(service, OLD))
    assert found == Counter({"executions": 3, "window summaries": 3, "jobs": 3})
    assert ids(service) == [one.id for one in made[3:]]
    assert names(service) == {one.analysis_name for one in made[3:]}
    assert n_summaries(service) == 2
    assert total(executions.forget(service, OLD)) == Counter()


def test_the_newest_of_a_schedule_that_stopped_long_ago_stays(
    service: Any, add_schedule: Any, add_windows: Any
) -> None:
    made = add_windows(add_schedule("a"), 400, 300, 200) + add_windows(add_schedule("b"), 500)
    executions_gone = total(executions.forget(service, OLD))["executions"]
    assert executions_gone == 2
    assert set(ids(service)) == {made[2].id, made[3].id}


def test_of_a_schedule_that_is_removed_nothing_old_stays(
    service: Any, add_schedule: Any, add_windows: Any
) -> None:
    schedule = add_schedule()
    young = add_windows(schedule, 300, 200, 3)[-1]
    with service.database.write() as connection:
        remove(connection, schedule)
    total(executions.forget(service, OLD))
    assert ids(service) == [young.id]


def test_as_many_stay_as_alerts_and_rules_look_at(service: Any, add_schedule: Any, add_windows: Any) -> None:
    schedule = add_schedule()
    made = add_windows(schedule, *range(100, 130))
    add_alert(service, schedule, 4)
    total(executions.forget(service, OLD))
    assert ids(service) == [one.id for one in made[-4:]]
    more = add_windows(add_schedule("b"), *range(100, 130))
    with service.database.write() as connection:
        editing.put_rule(connection, {"name": "mine", "when": "violations", "windows": 3}, now=NOW)
    total(executions.forget(service, OLD))
    assert ids(service)[4:] == [one.id for one in more[-16:]]  # twice as many, and ten


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Stopping"])
def test_what_has_not_ended_stays_with_its_job(
    service: Any, add_schedule: Any, add_windows: Any, status: str
) -> None:
    schedule = add_schedule()
    (old,) = add_windows(schedule, 300, status=status)
    add_windows(schedule, 200, 1)
    total(executions.forget(service, OLD))
    assert old.id in ids(service)
    assert old.analysis_name in names(service)


def test_a_job_that_has_not_ended_stays_until_it_has(
    service: Any, add_schedule: Any, add_windows: Any
) -> None:
    schedule = add_schedule()
    (old, _) = add_windows(schedule, 300, 1, jobs=False)
    add_job(service, old.analysis_name, NOW - 300 * DAY, status="InProgress",
            facts={"schedule_id": schedule.id})  # fmt: skip
    assert total(executions.forget(service, OLD)) == Counter({"executions": 1, "window summaries": 1})
    assert names(service) == {old.analysis_name}
    assert total(jobs_module.forget(service, OLD)) == Counter()
    _set_status(service, old.analysis_name, "Completed")
    assert total(jobs_module.forget(service, OLD)) == Counter({"jobs": 1})


def _set_status(service: Any, name: str, status: str) -> None:
    from leeboard.state.tables import resources

    with service.database.write() as connection:
        connection.execute(update(resources).where(resources.c.name == name).values(status=status))


def test_a_window_that_was_run_late_is_young(service: Any, add_schedule: Any, add_windows: Any) -> None:
    schedule = add_schedule()
    late, _ = add_windows(schedule, 300, 1)
    with service.database.write() as connection:
        connection.execute(update(table).where(table.c.id == late.id).values(created_at=NOW - DAY))
    assert total(executions.forget(service, OLD)) == Counter()


def test_what_an_alert_names_that_stays_is_kept(service: Any, add_schedule: Any, add_windows: Any) -> None:
    schedule = add_schedule()
    open_, over, _, _ = add_windows(schedule, 300, 250, 200, 1)
    _add_incident(service, schedule, open_.id, "open")
    _add_incident(service, schedule, over.id, "resolved")
    total(executions.forget(service, OLD))
    assert len(ids(service)) == 2
    assert open_.id in ids(service)


def _add_incident(service: Any, schedule: Any, execution: int, state: str) -> None:
    at = NOW - 200 * DAY
    row = {
        "rule": "r", "subject": f"s{execution}", "schedule_id": schedule.id, "schedule_name": schedule.name,
        "state": state, "severity": "warning", "document": {"execution": execution}, "opened_at": at,
        "changed_at": at, "resolved_at": at if state == "resolved" else None,
    }  # fmt: skip
    with service.database.write() as connection:
        connection.execute(insert(incidents).values(row))


def test_a_trial_counts_and_forgets_nothing(service: Any, add_schedule: Any, add_windows: Any) -> None:
    add_windows(add_schedule(), 400, 300, 1)
    found = total(executions.forget(service, OLD, is_trial=True))
    assert found == Counter({"executions": 2, "window summaries": 2, "jobs": 2})
    assert len(ids(service)) == n_summaries(service) == len(names(service)) == 3


def test_the_server_forgets_history_only_if_it_has_a_limit(
    service: Any, add_schedule: Any, add_windows: Any
) -> None:
    add_windows(add_schedule(), 400, 300, 1)
    retention.prune(service, NOW)
    assert len(ids(service)) == 3
    limited = replace(service, settings=replace(service.settings, history_days=350))
    assert retention.prune(limited, NOW) == 3
    assert len(ids(service)) == 2


def test_a_list_that_is_read_page_by_page_goes_on_behind_what_was_forgotten(
    service: Any, add_schedule: Any, add_windows: Any
) -> None:
    add_windows(add_schedule(), *range(1, 60, 2))
    seen, token = _page(service, None)
    assert len(seen) == 10
    total(executions.forget(service, OLD))
    while token:
        more, token = _page(service, token)
        seen += more
    assert seen == sorted(ids(service), reverse=True)


def _page(service: Any, token: str | None) -> tuple[list[int], str | None]:
    with service.database.read() as connection:
        rows, token = LISTING.page(connection, {"NextToken": token})
    return [row.id for row in rows], token


def test_several_servers_forget_at_the_same_moment_as_windows_come(
    service: Any, add_schedule: Any, add_windows: Any, together: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executions, "PORTION", 7)
    schedules = [add_schedule(f"s{number}") for number in range(4)]
    for schedule in schedules:
        add_windows(schedule, *range(31, 71), jobs=False)

    def one(number: int) -> int:
        if number == 0:
            for schedule in schedules:
                add_windows(schedule, *range(10), jobs=False)
            return 0
        return total(executions.forget(service, OLD))["executions"]

    assert sum(together(3, one)) in range(4 * 39, 4 * 40 + 1)
    total(executions.forget(service, OLD))
    assert len(ids(service)) == n_summaries(service) == 40


def test_a_place_is_behind_all_of_the_same_time_and_lower_number(
    service: Any, add_schedule: Any, add_windows: Any
) -> None:
    first, second = add_windows(add_schedule("a"), 50)[0], add_windows(add_schedule("b"), 50)[0]
    with service.database.read() as connection:
        place = (first.created_at, first.id)
        found = connection.execute(table.select().where(counts.behind(table, "created_at", place)))
        assert [row.id for row in found] == [second.id]


def test_schedules_stay(service: Any, add_schedule: Any, add_windows: Any) -> None:
    schedule = add_schedule()
    add_windows(schedule, 400, 300)
    total(executions.forget(service, NOW + 400 * DAY))
    with service.database.read() as connection:
        assert find(connection, schedule.kind, schedule.name)
    assert len(ids(service)) == 1
