"""The queue of due work: one worker a piece, one piece a lane, and nothing from those who lost theirs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from leeboard.service import queue
from leeboard.service.queue import Claim, LeaseLostError, Renewed, claim, finishing, put_back, renew
from leeboard.state.database import Database
from leeboard.state.tables import work

NOW = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
LEASE_S = 20
LATER = NOW + timedelta(seconds=LEASE_S + 1)
Together = Callable[..., list[Any]]


def put(database: Database, subject: str, *, lane: str = "", kind: str = "job", after_s: float = 0) -> None:
    with database.write() as connection:
        queue.put(connection, kind, subject, ready_at=NOW + timedelta(seconds=after_s), lane=lane)


def take(database: Database, kinds: tuple[str, ...] = ("job",), *, now: datetime = NOW) -> Claim | None:
    return claim(database, "me", kinds, now=now, lease_s=LEASE_S)


def finish(database: Database, held: Claim) -> None:
    with finishing(database, held):
        pass


def rows(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(work).order_by(work.c.id)))


def test_nothing_is_claimed_where_nothing_is_due(database: Database) -> None:
    put(database, "later", after_s=1)
    assert take(database) is None


def test_work_is_claimed_in_the_order_in_which_it_came_due(database: Database) -> None:
    for subject, after_s in (("second", -1), ("first", -2), ("third", 0)):
        put(database, subject, after_s=after_s)
    assert [take(database).subject for _ in range(3)] == ["first", "second", "third"]
    assert take(database) is None


def test_a_worker_takes_only_kinds_that_it_does(database: Database) -> None:
    put(database, "slow", kind="execution")
    assert take(database, ("job", "deployment")) is None
    assert take(database, ("job", "execution")).subject == "slow"


def test_work_that_is_there_already_is_not_put_twice(database: Database) -> None:
    put(database, "once", after_s=-5)
    put(database, "once", after_s=100)
    assert take(database).subject == "once"
    assert len(rows(database)) == 1


def test_work_of_one_lane_is_done_one_after_another(database: Database) -> None:
    put(database, "a1", lane="a", after_s=-3)
    put(database, "a2", lane="a", after_s=-2)
    put(database, "b1", lane="b", after_s=-1)
    first, other = take(database), take(database)
    assert (first.subject, other.subject, take(database)) == ("a1", "b1", None)
    finish(database, first)
    assert take(database).subject == "a2"


def test_workers_that_claim_at_the_same_instant_get_one_of_a_lane(
    database: Database, together: Together
) -> None:
    for round_ in range(10):
        for n in range(6):
            put(database, f"{round_}/{n}", lane=f"lane {round_}")
        got = [held for held in together(6, lambda _: take(database)) if held]
        assert len(got) == 1


def test_workers_that_claim_at_the_same_instant_get_different_work(
    database: Database, together: Together
) -> None:
    for n in range(12):
        put(database, str(n))
    got = together(6, lambda _: [held.subject for _ in range(3) if (held := take(database))])
    assert sorted(chain(*got), key=int) == [str(n) for n in range(12)]


def test_what_is_held_by_another_transaction_is_skipped_and_not_waited_for(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    put(database, "locked", after_s=-1)
    put(database, "free")
    with database.write() as connection:
        connection.execute(select(work).where(work.c.subject == "locked").with_for_update()).one()
        assert take(database).subject == "free"


def test_a_lease_that_ran_out_goes_to_another_with_a_higher_fence(database: Database) -> None:
    put(database, "left alone")
    first = take(database)
    assert take(database, now=NOW + timedelta(seconds=LEASE_S)) is None
    second = take(database, now=LATER)
    assert (second.subject, second.fence) == ("left alone", first.fence + 1)


def test_what_a_dead_worker_left_has_not_failed(database: Database) -> None:
    put(database, "left")
    counted = []
    for n in range(3):
        held = take(database, now=NOW + n * timedelta(seconds=LEASE_S + 1))
        counted.append((held.attempt, held.lost, held.n_begun))
    assert counted == [(1, 0, 1), (1, 1, 2), (1, 2, 3)]
    give_back(database, held)
    held = take(database, now=NOW + timedelta(days=1))
    assert (held.attempt, held.lost) == (2, 2)


def test_a_lease_that_is_renewed_in_time_is_kept(database: Database) -> None:
    put(database, "kept")
    held = take(database)
    renewed = renew(database, [held], until=LATER + timedelta(seconds=LEASE_S))
    assert renewed == Renewed(frozenset({held}), frozenset())
    assert take(database, now=LATER) is None


def test_an_old_and_the_new_claim_of_the_same_work_are_told_apart(database: Database) -> None:
    put(database, "twice")
    old, new = take(database), take(database, now=LATER)
    renewed = renew(database, [old, new], until=LATER)
    assert renewed == Renewed(frozenset({new}), frozenset({old}))


def test_a_claim_that_its_own_transaction_holds_keeps_no_other_from_being_renewed(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    put(database, "ending")
    put(database, "running")
    ending, running = take(database), take(database)
    with finishing(database, ending):
        renewed = renew(database, [ending, running], until=LATER + timedelta(seconds=LEASE_S))
    assert renewed == Renewed(frozenset({running}), frozenset())
    assert take(database, now=LATER) is None


def test_only_one_worker_takes_over_what_another_left(database: Database, together: Together) -> None:
    for n in range(5):
        put(database, str(n), lane="one lane" if n == 0 else "")
    assert len([take(database) for _ in range(5)]) == 5
    got = together(8, lambda _: [held for _ in range(2) if (held := take(database, now=LATER))])
    taken = list(chain(*got))
    assert sorted(held.subject for held in taken) == list("01234")
    assert {held.fence for held in taken} == {2}


def write_as(database: Database, held: Claim) -> None:
    with finishing(database, held) as connection:
        connection.execute(insert(work).values(WRITTEN))


WRITTEN = {
    "kind": "mark",
    "subject": "written",
    "lane": "",
    "state": "Ready",
    "ready_at": NOW,
    "attempt": 0,
    "fence": 0,
}


def give_back(database: Database, held: Claim) -> None:
    with database.write() as connection:
        put_back(connection, held, ready_at=NOW)


@pytest.mark.parametrize("write", [write_as, give_back])
@pytest.mark.parametrize("is_done", [False, True], ids=["while the other runs", "after the other ended"])
def test_who_lost_the_lease_can_write_nothing(
    database: Database, write: Callable[[Database, Claim], None], is_done: bool
) -> None:
    put(database, "contested")
    old, new = take(database), take(database, now=LATER)
    if is_done:
        finish(database, new)
    before = rows(database)
    with pytest.raises(LeaseLostError, match="contested"):
        write(database, old)
    assert renew(database, [old], until=LATER).lost == {old}
    assert rows(database) == before


def test_an_old_claim_is_none_of_work_that_was_put_anew(database: Database) -> None:
    put(database, "again")
    old = take(database)
    finish(database, take(database, now=LATER))
    put(database, "again")
    new = take(database)
    with pytest.raises(LeaseLostError):
        finish(database, old)
    finish(database, new)


def test_what_fails_in_the_transaction_that_ends_the_work_leaves_the_work_claimed(database: Database) -> None:
    put(database, "whole")
    held = take(database)

    def fail() -> None:
        with finishing(database, held) as connection:
            connection.execute(insert(work).values(WRITTEN))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [row.subject for row in rows(database)] == ["whole"]
    finish(database, held)


def test_work_that_was_put_back_counts_its_attempt_only_if_it_is_said(database: Database) -> None:
    put(database, "unready")
    for counts, attempts in ((False, 1), (True, 1), (True, 2), (False, 3)):
        held = take(database)
        assert held.attempt == attempts
        with database.write() as connection:
            put_back(connection, held, ready_at=NOW, counts=counts)


def test_work_that_was_put_back_is_due_when_it_is_said_and_its_lane_is_free(database: Database) -> None:
    put(database, "waits", lane="a", after_s=-1)
    put(database, "next", lane="a")
    held = take(database)
    with database.write() as connection:
        put_back(connection, held, ready_at=NOW + timedelta(seconds=5))
    assert take(database).subject == "next"


def test_a_claim_that_was_put_back_holds_no_more(database: Database) -> None:
    put(database, "given")
    held = take(database)
    give_back(database, held)
    assert renew(database, [held], until=LATER).lost == {held}
    assert take(database).fence == held.fence + 1


def test_work_that_is_woken_is_due_at_once(database: Database) -> None:
    put(database, "waits", after_s=100)
    wake(database, "waits")
    assert take(database).subject == "waits"


def test_work_that_is_woken_while_it_runs_is_looked_at_once_more(database: Database) -> None:
    put(database, "runs", after_s=-1)
    held = take(database)
    wake(database, "runs")
    with database.write() as connection:
        put_back(connection, held, ready_at=NOW + timedelta(seconds=100))
    held = take(database)
    with database.write() as connection:
        put_back(connection, held, ready_at=NOW + timedelta(seconds=100))
    assert take(database) is None


def wake(database: Database, subject: str) -> None:
    with database.write() as connection:
        queue.wake(connection, "job", subject, now=NOW)


def test_work_that_runs_cannot_be_taken_back(database: Database) -> None:
    put(database, "runs")
    held = take(database)
    with database.write() as connection:
        assert queue.is_running(connection, "job", "runs")
        assert not queue.take_back(connection, "job", "runs")
    give_back(database, held)
    with database.write() as connection:
        assert not queue.is_running(connection, "job", "runs")
        assert queue.take_back(connection, "job", "runs")
    assert rows(database) == []


def test_claims_read_no_more_rows_than_they_need(database: Database) -> None:
    """A claim among thousands of waiting rows looks them up by indexes, also where all lanes are busy."""
    rows = [WRITTEN | {"kind": "job", "subject": str(n), "lane": str(n % 4)} for n in range(4000)]
    with database.write() as connection:
        connection.execute(insert(work), rows)
        connection.exec_driver_sql("ANALYZE")
    assert len([held for _ in range(5) if (held := take(database))]) == 4
    for query in (queue._ready(("job",), NOW), queue._abandoned(("job",), NOW)):
        plan = explained(database, query)
        assert "ix_work_state_ready_at" in plan
        assert "SCAN work" not in plan
        assert "SubPlan" not in plan or "hashed SubPlan" in plan


def explained(database: Database, query: Any) -> str:
    dialect = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.write() as connection:
        text = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
        return "\n".join(str(row) for row in connection.exec_driver_sql(dialect + str(text)))


def test_a_worker_whose_clock_is_late_does_not_take_what_is_held(database: Database) -> None:
    put(database, "held")
    take(database)
    with database.write() as connection:
        connection.execute(update(work).values(ready_at=NOW - timedelta(days=1)))
    assert take(database, now=NOW - timedelta(hours=1)) is None
