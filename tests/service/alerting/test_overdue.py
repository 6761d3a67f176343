"""What is overdue, by the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from leeboard.service.alerting import editing, watching
from leeboard.state.database import Transaction
from leeboard.state.tables import resources

MINUTE = timedelta(minutes=1)


def due(house: Any, **columns: Any) -> None:
    where = resources.c.id == house.schedule.id
    house.write(lambda connection: connection.execute(update(resources).where(where).values(**columns)))


def test_a_schedule_that_nobody_plans_is_overdue(house: Any) -> None:
    house.rule(when="overdue", after_s=600)
    due(house, due_at=house.at)
    watching.watch(house.service, house.at + 11 * MINUTE)
    assert house.mine() == ["hourly: overdue"]
    due(house, due_at=house.at + 60 * MINUTE)
    watching.watch(house.service, house.at + 12 * MINUTE)
    assert house.mine() == []


def test_a_stopped_schedule_is_never_overdue(house: Any) -> None:
    house.rule(when="overdue", after_s=600)
    due(house, due_at=house.at)
    watching.watch(house.service, house.at + 11 * MINUTE)
    due(house, status="Stopped", due_at=None)
    watching.watch(house.service, house.at + 12 * MINUTE)
    assert house.mine() == []


def test_a_rule_looks_only_at_its_schedules(house: Any, add_schedule: Callable[..., Any]) -> None:
    house.rule(when="overdue", after_s=600, match={"schedule": "daily"})
    add_schedule("daily", due_at=house.at)
    due(house, due_at=house.at)
    watching.watch(house.service, house.at + 11 * MINUTE)
    assert house.mine() == ["daily: overdue"]


def test_a_watcher_writes_nothing_while_nothing_changes(house: Any) -> None:
    house.rule(when="overdue", after_s=600)
    due(house, due_at=house.at)
    watching.watch(house.service, house.at + 11 * MINUTE)
    before = house.in_force
    watching.watch(house.service, house.at + 15 * MINUTE)
    assert house.in_force == before


def test_a_rule_that_is_removed_while_the_clock_is_looked_at_opens_nothing(house: Any) -> None:
    house.rule(when="overdue", after_s=600)
    due(house, due_at=house.at)
    removals = [lambda connection: editing.remove_rule(connection, "mine", now=house.at)]

    def around(transaction: Transaction) -> Transaction:
        while removals:
            house.write(removals.pop())
        return transaction

    service = replace(house.service, database=house.service.database.within(around))
    watching.watch(service, house.at + 11 * MINUTE)
    assert (removals, house.mine()) == ([], [])


def test_a_server_whose_clock_is_behind_ends_nothing_that_another_found(house: Any) -> None:
    house.rule(when="overdue", after_s=600)
    due(house, due_at=house.at)
    watching.watch(house.service, house.at + 11 * MINUTE)
    watching.watch(house.service, house.at + 9 * MINUTE)
    assert house.mine() == ["hourly: overdue"]
    house.rule(when="overdue", after_s=3600)
    watching.watch(house.service, house.at + 12 * MINUTE)
    assert house.mine() == []


def test_a_watcher_is_a_thread_that_ends_when_asked(house: Any) -> None:
    house.rule(when="overdue", after_s=1)
    due(house, due_at=house.at - 10_000 * MINUTE)
    watcher = watching.watcher(house.service)
    watcher.start()
    watcher.close()
