"""Everything that could be monitored, with its states, in a bounded number of queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from leeboard.service.access import audit
from leeboard.service.service import Service
from leeboard.service.views import changes
from leeboard.service.views.endpoint import drift_of, endpoint_seen
from leeboard.service.views.fleet import lines
from leeboard.service.views.overview import Watched, strips_of, watched
from leeboard.service.views.schedule import count_executions, list_executions, shown
from leeboard.service.views.search import search
from leeboard.service.views.strips import Spans, strips
from leeboard.state.database import Database
from watched_fleet import HOUR, NOW, REASON, Fleet, drifting

DAY = timedelta(days=1)
FEATURES = {"churn_rate": 0.1, "100%_sure": 0.1}


@pytest.fixture
def fleet(service: Service) -> Fleet:
    return Fleet(service)


@pytest.fixture
def look(service: Service) -> Callable[[], dict[str, Watched]]:
    """Everything that is there, by name."""

    def read() -> dict[str, Watched]:
        with service.database.read() as connection:
            return {row.name: row for row in watched(service, connection, NOW)}

    return read


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


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


def test_strips_tell_the_worst_of_each_hour_and_where_nothing_ran(fleet: Fleet, service: Service) -> None:
    first, second = fleet.schedule("first"), fleet.schedule("second")
    fleet.run(first, 1)
    bad = fleet.run(second, 1, "CompletedWithViolations")
    fleet.run(first, 3, "Failed", reason=REASON)
    spans = Spans.until(NOW, HOUR, 5)
    with service.database.read() as connection:
        held = strips(connection, "endpoint", ["churn", "nobody"], spans)
    assert [span.state for span in held["churn"]] == [None, "no data", None, "in violation", None]
    assert (held["churn"][3].execution_id, held["churn"][3].n_runs, held["churn"][3].n_bad) == (bad, 2, 1)
    assert not any(span.state for span in held["nobody"])


def test_what_was_clean_yesterday_and_is_bad_now_went_wrong(fleet: Fleet, service: Service) -> None:
    broke, old = fleet.schedule("broke"), fleet.schedule("old")
    fleet.run(broke, 2)
    fleet.run(broke, 1, "CompletedWithViolations")
    fleet.run(old, 30)
    fleet.run(old, 1, "Failed", reason="AlgorithmError")
    with service.database.read() as connection:
        found = changes.broken(connection, lines(connection, now=NOW), NOW - DAY)
        turned = changes.turns(connection, NOW - DAY)
    assert [each.line.name for each in found] == ["broke"]
    assert {(turn.schedule, turn.is_in_alert) for turn in turned} == {("broke", True), ("old", True)}


def test_new_things_are_changes_also_without_the_audit_log(fleet: Fleet, service: Service) -> None:
    fleet.since(fleet.endpoint("churn"), NOW - HOUR)
    fleet.endpoint("old")
    with service.database.read() as connection:
        deeds = changes.deeds(connection, NOW - DAY)
    assert [(deed.what, deed.subject, deed.words) for deed in deeds] == [("endpoint", "churn", "deployed")]


def test_a_schedule_is_told_in_words(fleet: Fleet, service: Service) -> None:
    fleet.schedule("hourly")
    with service.database.read() as connection:
        found = shown(service, connection, "hourly", NOW)
    assert found.timing.words == "every hour at :00, reads the hour before"
    assert found.baseline.files == (("constraints", "s3://b/baseline/constraints.json"),)


def test_runs_are_found_by_their_state(fleet: Fleet, service: Service) -> None:
    schedule = fleet.schedule("hourly")
    for hours_ago, (status, reason, _) in enumerate(ENDED):
        fleet.run(schedule, hours_ago, status, reason=reason)
    with service.database.read() as connection:
        assert count_executions(connection, schedule.id) == len(ENDED)
        for *_, state in ENDED:
            assert count_executions(connection, schedule.id, state) == 1
            assert [row.state for row in list_executions(connection, schedule.id, state)] == [state]


def test_features_come_the_most_drifted_first(fleet: Fleet, service: Service) -> None:
    schedule = fleet.schedule("hourly")
    fleet.run(schedule, 2, summary=drifting({"calm": 0.01, "wild": 0.02}))
    fleet.run(schedule, 1, "CompletedWithViolations", summary=drifting({"calm": 0.02, "wild": 0.5}))
    with service.database.read() as connection:
        history, rows = drift_of(connection, schedule.id, NOW - DAY)
    assert [row.name for row in rows] == ["wild", "calm"]
    assert (rows[0].distance, rows[0].n_violations, rows[0].n_broken) == (0.5, 1, 1)
    assert list(rows[1].distances) == [0.01, 0.02]
    assert len(history.windows) == 2


def test_search_finds_names_features_and_runs(fleet: Fleet, service: Service) -> None:
    fleet.endpoint("churn")
    number = fleet.run(fleet.schedule("churn-hourly"), 1, summary=drifting(FEATURES))
    with service.database.read() as connection:
        found = search(service, connection, "CHURN", NOW)
        by_number = search(service, connection, f"#{number}", NOW)
        wild = search(service, connection, "%", NOW)
    assert (found.endpoints, found.models) == (("churn",), ("churn-model",))
    assert [line.name for line in found.schedules] == ["churn-hourly"]
    assert [feature.name for feature in found.features] == ["churn_rate"]
    assert by_number.execution is not None
    assert [feature.name for feature in wild.features] == ["100%_sure"]
    assert not wild.endpoints


def test_the_number_of_queries_does_not_grow_with_the_fleet(fleet: Fleet, service: Service) -> None:
    def n_queries() -> tuple[int, int]:
        with counted(service.database) as seen, service.database.read() as connection:
            rows = watched(service, connection, NOW)
            strips_of(connection, rows, Spans.until(NOW, HOUR, 24))
            n_overview = len(seen)
            endpoint_seen(service, connection, "e0", Spans.until(NOW, HOUR, 24), NOW)
            return n_overview, len(seen) - n_overview

    def grow(n: int) -> None:
        for i in range(n):
            name = f"e{len(made)}"
            made.append(fleet.endpoint(name))
            fleet.run(fleet.schedule(f"{name}-s", name), 1)
            fleet.run(fleet.schedule(f"{name}-more", "e0", kind="ModelBias"), 1)
            fleet.run(fleet.schedule(f"{name}-batch", None, place=f"s3://b/{i}"), 1)

    made: list[Any] = []
    grow(1)
    before = n_queries()
    grow(5)
    assert n_queries() == before
    assert max(before) <= 10


def test_who_only_came_in_changed_nothing(fleet: Fleet, service: Service) -> None:
    told = {"at": NOW, "visitor": "ada", "via": "dashboard"}
    with service.database.write() as connection:
        audit.write(connection, action=audit.LOGIN, subject="dashboard", **told)
        audit.write(connection, action="ran a schedule by hand", subject="hourly", **told)
        assert [deed.words for deed in changes.deeds(connection, NOW - DAY)] == ["ran a schedule by hand"]
