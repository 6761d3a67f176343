"""The numbers of a service, as Prometheus's own parser reads them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, update

from leeboard.formats.summary import (
    AttributionSummary,
    BiasSummary,
    FeatureColumns,
    MeasureSummary,
    ScoreSummary,
    Summary,
)
from leeboard.service import executions, jobs, summaries
from leeboard.service.alerts import add_alert
from leeboard.service.observed.families import ALL_FAMILIES
from leeboard.service.observed.gathering import ServiceNumbers
from leeboard.service.packed_summaries import pack
from leeboard.service.queue import claim
from leeboard.service.resources import add, find
from leeboard.service.work.planner import plan_due
from leeboard.state.tables import resources, window_summaries

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW = TEN + timedelta(minutes=20)
Labels = dict[str, str]


@pytest.fixture
def numbers(service: Any) -> ServiceNumbers:
    return ServiceNumbers(service, version="1.2", most_series=20, fresh_s=0, now=lambda: NOW)


@pytest.fixture
def monitored(service: Any, add_schedule: Callable[..., Any]) -> Callable[..., Any]:
    """Plans, runs and ends one execution of a schedule, with a summary."""

    def make(name: str, summary: Summary, status: str = "Completed", n_violations: int = 0) -> Any:
        schedule = add_schedule(name, due_at=TEN)
        plan_due(service, NOW)
        with service.database.write() as connection:
            add_alert(connection, schedule, now=NOW)
            [execution] = executions.unfinished(connection, schedule.id)
            summaries.keep(connection, execution, summary)
            executions.end(connection, execution, status, now=NOW, n_violations=n_violations)
        return execution

    return make


def read(numbers: ServiceNumbers) -> dict[str, list[tuple[Labels, float]]]:
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(numbers.text().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def drifting(*names: str, **columns: Any) -> Summary:
    n = len(names)
    told: dict[str, Any] = {"distance": [0.25] * n, "limit": [0.1] * n, "is_drifted": [True] * n, **columns}
    return Summary(n_rows=40, features=FeatureColumns(name=list(names), **told))


def test_the_last_window_of_a_schedule_is_told_by_feature(numbers: Any, monitored: Any) -> None:
    monitored("hourly", drifting("age", completeness=[0.5], mean=[33.0]), "CompletedWithViolations", 2)
    found = read(numbers)
    about = {"endpoint": "churn", "schedule": "hourly"}
    assert found["leeboard_feature_baseline_drift"] == [({**about, "feature": "age"}, 0.25)]
    assert found["leeboard_feature_completeness"] == [({**about, "feature": "age"}, 0.5)]
    assert found["leeboard_feature_data"] == [({**about, "feature": "age", "statistic": "mean"}, 33.0)]
    assert found["leeboard_window_drifted_features"] == [(about, 1.0)]
    assert found["leeboard_window_timestamp_seconds"] == [(about, TEN.timestamp())]


def test_measures_bias_and_attributions_of_a_window_are_told(numbers: Any, monitored: Any) -> None:
    summary = Summary(
        measures=[MeasureSummary(name="f1", value=0.75, limit=0.8, is_broken=True)],
        bias=[BiasSummary(facet="sex", group="f", metric="DPPL", stage="post", value=-0.25)],
        attributions=[AttributionSummary(label="label0", feature="age", value=0.125)],
        scores=[ScoreSummary(label="label0", ndcg=0.875, limit=0.9)],
    )
    monitored("all", summary)
    found = read(numbers)
    about = {"endpoint": "churn", "schedule": "all"}
    group = {"facet": "sex", "group": "f", "stage": "post", "measure": "DPPL"}
    assert found["leeboard_model_quality"] == [({**about, "measure": "f1"}, 0.75)]
    assert found["leeboard_bias"] == [({**about, **group}, -0.25)]
    assert found["leeboard_feature_attribution"] == [({**about, "label": "label0", "feature": "age"}, 0.125)]
    assert found["leeboard_feature_attribution_ndcg"] == [({**about, "label": "label0"}, 0.875)]


def test_a_later_window_takes_the_place_of_the_one_before(service: Any, numbers: Any, monitored: Any) -> None:
    execution = monitored("hourly", drifting("age"))
    assert len(read(numbers)["leeboard_feature_baseline_drift"]) == 1
    document = pack(drifting("later"))
    later = update(window_summaries).values(execution_id=execution.id + 1, document=document)
    with service.database.write() as connection:
        connection.execute(later)
    [(labels, _)] = read(numbers)["leeboard_feature_baseline_drift"]
    assert labels["feature"] == "later"


def test_how_a_schedule_stands_is_told(numbers: Any, monitored: Any) -> None:
    monitored("hourly", Summary(), "CompletedWithViolations", 3)
    found = read(numbers)
    about = {"endpoint": "churn", "schedule": "hourly", "monitoring_type": "DataQuality"}
    assert found["leeboard_schedule_violations"] == [(about, 3.0)]
    assert found["leeboard_schedule_last_status"] == [({**about, "status": "CompletedWithViolations"}, 1.0)]
    assert found["leeboard_schedule_alert"] == [(about, 1.0)]
    assert found["leeboard_schedule_overdue"] == [(about, 0.0)]
    assert found["leeboard_schedule_next_due_timestamp_seconds"][0][1] == TEN.timestamp() + 3600


def test_a_schedule_that_nobody_plans_is_overdue(numbers: Any, add_schedule: Any) -> None:
    add_schedule(due_at=TEN)
    [(_, value)] = read(numbers)["leeboard_schedule_overdue"]
    assert value == 1.0


def test_a_run_that_waits_for_its_last_records_is_not_overdue(
    service: Any, numbers: Any, add_schedule: Any
) -> None:
    add_schedule(due_at=TEN)
    plan_due(service, TEN)
    assert read(numbers)["leeboard_schedule_overdue"][0][1] == 1.0
    patient = replace(service, settings=replace(service.settings, grace_s=3600.0))
    calm = ServiceNumbers(patient, version="1.2", most_series=20, fresh_s=0, now=lambda: NOW)
    assert read(calm)["leeboard_schedule_overdue"][0][1] == 0.0


def test_the_queue_is_told_by_kind_and_is_zero_where_nothing_waits(
    service: Any, numbers: Any, add_schedule: Any
) -> None:
    add_schedule("one", due_at=TEN)
    add_schedule("two", due_at=TEN)
    plan_due(service, NOW)
    assert claim(service.database, "me", ["execution"], now=NOW, lease_s=20)
    found = {name: {labels["kind"]: n for labels, n in some} for name, some in read(numbers).items()
             if name.startswith("leeboard_queue")}  # fmt: skip
    assert found["leeboard_queue_waiting"]["execution"] == 1
    assert found["leeboard_queue_running"]["execution"] == 1
    assert found["leeboard_queue_attempts"]["execution"] == 1
    assert found["leeboard_queue_oldest_seconds"]["execution"] == pytest.approx(1198, abs=1)
    assert found["leeboard_queue_waiting"]["transform"] == 0


def test_what_ends_is_counted_once(service: Any, numbers: Any, monitored: Any) -> None:
    monitored("hourly", Summary(), "Failed")
    with service.database.write() as connection:
        job = add(
            connection, service.settings, "processing-job", "j", {}, now=TEN, status="InProgress",
            started_at=NOW - timedelta(seconds=30),
        )  # fmt: skip
    read(numbers)
    with service.database.write() as connection:
        jobs.end(connection, job, "Completed", now=NOW)
    read(numbers)
    found = read(numbers)
    kind = {"kind": "processing-job"}
    assert ({**kind, "status": "Completed"}, 1.0) in found["leeboard_jobs_total"]
    assert (kind, 30.0) in found["leeboard_job_seconds_sum"]
    assert ({**kind, "le": "60.0"}, 1.0) in found["leeboard_job_seconds_bucket"]
    [(labels, n)] = found["leeboard_executions_total"]
    assert (labels["status"], n) == ("Failed", 1.0)


def test_what_ended_before_is_not_counted(service: Any, monitored: Any) -> None:
    monitored("hourly", Summary())
    assert "leeboard_executions_total" not in read(ServiceNumbers(service, fresh_s=0))


def test_series_beyond_the_bound_are_left_out_and_counted_and_trouble_stays(
    numbers: Any, monitored: Any
) -> None:
    names = [f"f{n}" for n in range(22)]
    monitored("calm", drifting(*names, is_drifted=[False] * 22))
    monitored("drifting", drifting("x", "y"))
    found = read(numbers)
    kept = {labels["feature"] for labels, _ in found["leeboard_feature_baseline_drift"]}
    assert len(kept) == 20
    assert {"x", "y"} < kept
    assert ({"family": "leeboard_feature_baseline_drift"}, 4.0) in found["leeboard_series_dropped"]


def test_hostile_names_cannot_break_the_text(numbers: Any, monitored: Any) -> None:
    names = ['a"b', "line\nbreak", "back\\slash", "é" * 400, "é" * 400 + "x"]
    monitored("hourly", drifting(*names))
    found = [labels["feature"] for labels, _ in read(numbers)["leeboard_feature_baseline_drift"]]
    assert found == ['a"b', "line\nbreak", "back\\slash", "é" * 256]


def test_a_summary_of_another_version_tells_only_when_it_was(
    service: Any, numbers: Any, monitored: Any
) -> None:
    monitored("hourly", drifting("age"))
    with service.database.write() as connection:
        connection.execute(update(window_summaries).values(document=b"what is this"))
    found = read(numbers)
    assert "leeboard_feature_baseline_drift" not in found
    assert len(found["leeboard_window_timestamp_seconds"]) == 1


def test_a_removed_schedule_is_forgotten(service: Any, numbers: Any, monitored: Any) -> None:
    monitored("hourly", drifting("age"))
    read(numbers)
    with service.database.write() as connection:
        schedule = find(connection, "monitoring-schedule", "hourly")
        connection.execute(resources.delete().where(resources.c.id == schedule.id))
    assert not any(name.startswith("leeboard_feature") for name in read(numbers))


def test_the_number_of_queries_does_not_depend_on_the_number_of_schedules(
    service: Any, numbers: Any, monitored: Any
) -> None:
    asked: list[str] = []
    engine = service.database._engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for name in ("one", "two", "three"):
        monitored(name, drifting("age"))
        asked.clear()
        numbers.text()
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_answers_are_given_again_while_they_are_fresh(service: Any, add_schedule: Any) -> None:
    numbers = ServiceNumbers(service, fresh_s=3600)
    first = numbers.text()
    add_schedule()
    assert numbers.text() == first


def test_every_family_has_a_name_of_ours_and_a_text() -> None:
    names = [family.name for family in ALL_FAMILIES]
    assert len(set(names)) == len(names)
    assert all(family.name.startswith("leeboard_") and family.text.endswith(".") for family in ALL_FAMILIES)


def test_without_a_database_only_that_is_told(service: Any, numbers: Any, tmp_path: Any) -> None:
    if not service.database.is_sqlite:
        pytest.skip("another database cannot be taken away so simply")
    with service.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE work RENAME TO elsewhere")
    found = read(numbers)
    assert found["leeboard_state_up"] == [({}, 0.0)]
    assert "leeboard_queue_waiting" not in found
