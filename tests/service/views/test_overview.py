"""Everything that could be monitored, with its states, in a bounded number of queries."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from leeboard.service.service import Service
from leeboard.service.views.baselines import baselines
from leeboard.service.views.endpoint import endpoint_seen
from leeboard.service.views.model import model_seen
from leeboard.service.views.monitorable import possible
from leeboard.service.views.overview import strips_of, watched
from leeboard.service.views.precedents import usual
from leeboard.service.views.schedule import shown
from leeboard.service.views.search import search
from leeboard.service.views.strips import Spans
from leeboard.service.views.watched import Watched
from watched_fleet import HOUR, NOW, REASON, Fleet


@pytest.fixture
def look(service: Service) -> Callable[[], dict[str, Watched]]:
    """Everything that is there, by name."""

    def read() -> dict[str, Watched]:
        with service.database.read() as connection:
            return {row.name: row for row in watched(service, connection, NOW)}

    return read


def test_each_monitor_of_an_endpoint_has_the_worst_state_of_its_schedules(fleet: Fleet, look: Any) -> None:
    fleet.endpoint("churn")
    fleet.run(fleet.schedule("clean"), 0)
    fleet.run(fleet.schedule("bad"), 0, "CompletedWithViolations", n_violations=3)
    fleet.run(
        fleet.schedule("empty", kind="ModelBias"), 0, "Failed", reason=f"{REASON}: nothing below s3://b"
    )
    row = look()["churn"]
    assert (row.state, row.n_in_alert) == ("in violation", 2)
    cell = row.cells["DataQuality"]
    assert (cell.state, cell.n, cell.n_worst, cell.schedule) == ("in violation", 2, 1, "bad")
    assert row.cells["ModelBias"].state == "no data"
    assert row.cells["ModelQuality"].state == "not monitored"


ENDED = [
    ("Completed", None, "clean"),
    ("CompletedWithViolations", None, "in violation"),
    ("Failed", "AlgorithmError", "failed"),
    ("Failed", REASON, "no data"),
    ("Stopped", None, "stopped"),
]


def test_a_schedule_is_as_its_last_run_ended(fleet: Fleet, look: Any) -> None:
    for status, reason, state in ENDED:
        schedule = fleet.schedule(state.replace(" ", "-"), state)
        fleet.run(schedule, 2, "CompletedWithViolations")
        fleet.run(schedule, 1, status, reason=reason)
    assert {name: row.state for name, row in look().items()} == {state: state for *_, state in ENDED}


def test_a_run_under_way_hides_no_state(fleet: Fleet, look: Any) -> None:
    schedule = fleet.schedule("hourly")
    fleet.run(schedule, 1, "CompletedWithViolations")
    fleet.run(schedule, 0, "InProgress")
    cell = look()["churn"].cells["DataQuality"]
    assert (cell.state, cell.is_running) == ("in violation", True)


def test_what_should_have_run_is_overdue(fleet: Fleet, look: Any) -> None:
    fleet.run(fleet.schedule("late", "churn", due_at=NOW - HOUR), 1)
    fleet.run(fleet.schedule("stuck", "fraud"), 0, "Pending")
    rows = look()
    assert (rows["churn"].state, rows["fraud"].state) == ("overdue", "overdue")


def test_what_is_overdue_still_says_how_it_stood(fleet: Fleet, look: Any) -> None:
    for name, status in (("good", "Completed"), ("bad", "CompletedWithViolations")):
        fleet.run(fleet.schedule(name, name, due_at=NOW - HOUR), 1, status)
    good, bad = (look()[name].cells["DataQuality"] for name in ("good", "bad"))
    assert (good.state, good.was, good.n_overdue) == ("overdue", "clean", 1)
    assert (bad.state, bad.was, bad.n_overdue) == ("in violation", None, 1)


def test_of_two_in_violation_the_one_that_is_overdue_too_comes_first(fleet: Fleet, look: Any) -> None:
    fleet.run(fleet.schedule("a", "a"), 0, "CompletedWithViolations")
    fleet.run(fleet.schedule("b", "b", due_at=NOW - HOUR), 1, "CompletedWithViolations")
    assert [(row.name, row.is_overdue) for row in look().values()] == [("b", True), ("a", False)]


def test_a_run_that_waits_behind_another_is_overdue_too(fleet: Fleet, look: Any) -> None:
    schedule = fleet.schedule("hourly")
    fleet.run(schedule, 2)
    fleet.run(schedule, 1, "InProgress")
    fleet.run(schedule, 0, "Pending")
    cell = look()["churn"].cells["DataQuality"]
    assert (cell.state, cell.is_running, cell.is_overdue) == ("overdue", True, True)


def test_a_stopped_schedule_still_says_how_its_last_run_ended(fleet: Fleet, look: Any) -> None:
    fleet.run(fleet.schedule("off", status="Stopped", due_at=None), 1, "CompletedWithViolations")
    cell = look()["churn"].cells["DataQuality"]
    assert (cell.state, cell.was) == ("stopped", "in violation")


def test_batch_data_is_one_row_a_folder_and_names_its_model(fleet: Fleet, look: Any) -> None:
    for name in ("first", "second"):
        fleet.run(fleet.schedule(name, None, place="s3://b/batches/"), 0)
    fleet.model("scorer")
    fleet.transform("nightly", "scorer", "s3://b/batches")
    row = look()["s3://b/batches"]
    assert (row.kind, row.models, row.state, len(row.lines)) == ("batch", ("scorer",), "clean", 2)


def test_a_model_that_nothing_watches_is_there(fleet: Fleet, look: Any) -> None:
    fleet.endpoint("churn", "used")
    fleet.model("idle")
    rows = look()
    assert rows["idle"].state == "not monitored"
    assert "used" not in rows


def test_schedules_of_an_endpoint_that_is_gone_are_still_seen(fleet: Fleet, look: Any) -> None:
    fleet.run(fleet.schedule("orphan", "vanished"), 0)
    assert look()["vanished"].status == "Gone"


def test_the_number_of_queries_does_not_grow_with_the_fleet(
    fleet: Fleet, service: Service, n_queries: Callable[..., int]
) -> None:
    spans = Spans.until(NOW, HOUR, 24)
    reads: tuple[Callable[[Connection], Any], ...] = (
        lambda c: strips_of(c, watched(service, c, NOW), spans),
        lambda c: endpoint_seen(service, c, "e0", spans, NOW),
        lambda c: model_seen(service, c, "e0-model"),
        lambda c: possible(c),
        lambda c: usual(c, "e0"),
        lambda c: search(service, c, "e", NOW),
        lambda c: shown(service, c, "e0-s", NOW),
        lambda c: baselines(c),
    )

    def grow(n: int) -> None:
        for i in range(n):
            name = f"e{len(made)}"
            made.append(fleet.endpoint(name))
            fleet.run(fleet.schedule(f"{name}-s", name), 1)
            fleet.run(fleet.schedule(f"{name}-more", "e0", kind="ModelBias"), 1)
            fleet.run(fleet.schedule(f"{name}-batch", None, place=f"s3://b/{i}"), 1)

    made: list[Any] = []
    grow(1)
    before = [n_queries(read) for read in reads]
    grow(5)
    assert [n_queries(read) for read in reads] == before
    assert max(before) <= 20
