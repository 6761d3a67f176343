"""Summaries of windows in the database, on each database, and histories of them."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from leeboard.formats.summary import (
    AttributionSummary,
    BiasSummary,
    FeatureColumns,
    MeasureSummary,
    MergeSummary,
    ScoreSummary,
    Summary,
)
from leeboard.service.executions import Execution, find_execution
from leeboard.service.service import Service
from leeboard.service.summaries import find_summary, history, keep, summaries_of
from leeboard.state.tables import executions, window_summaries

NOON = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
HOUR = timedelta(hours=1)
HOSTILE = "</script>\u202e'\""
Add = Callable[..., Execution]


@pytest.fixture
def add(service: Service) -> Add:
    """Adds an execution so many hours after noon, with a summary if one is given."""

    def make(hours: int, summary: Summary | None = None, *, schedule: int = 1, **columns: Any) -> Execution:
        at = NOON + hours * HOUR
        values: dict[str, Any] = {
            "schedule_id": schedule, "schedule_key": f"s{schedule}", "schedule_name": f"S{schedule}",
            "endpoint": "churn", "monitoring_type": "DataQuality", "scheduled_at": at, "run": 0,
            "cause": "planned", "window_start_at": at - HOUR, "window_end_at": at, "status": "Completed",
            "ended_at": at, "created_at": at, "modified_at": at,
        }  # fmt: skip
        made = insert(executions).values(values | columns).returning(executions.c.id)
        with service.database.write() as connection:
            execution = find_execution(connection, connection.execute(made).scalar_one())
            assert execution is not None
            if summary is not None:
                keep(connection, execution, summary)
        return execution

    return make


def of_features(**distances: float | None) -> Summary:
    columns = FeatureColumns(
        name=list(distances), type=["Fractional"] * len(distances), distance=list(distances.values())
    )
    return Summary(features=columns, n_rows=len(distances))


def read(service: Service, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with service.database.read() as connection:
        return function(connection, *arguments, **named)


def test_a_summary_is_found_as_it_was_kept(service: Service, add: Add) -> None:
    summary = of_features(a=0.5, **{HOSTILE: None}).model_copy(update={"notes": [HOSTILE] * 50})
    execution = add(0, summary)
    assert read(service, find_summary, execution.id) == summary
    assert read(service, find_summary, execution.id + 1) is None


def test_another_attempt_takes_its_place(service: Service, add: Add) -> None:
    execution = add(0, Summary(n_rows=1))
    with service.database.write() as connection:
        keep(connection, execution, Summary(n_rows=2))
    assert read(service, find_summary, execution.id).n_rows == 2


def test_a_damaged_summary_is_told_in_the_log_and_is_none(
    service: Service, add: Add, caplog: pytest.LogCaptureFixture
) -> None:
    execution = add(0, Summary(n_rows=1))
    for junk in (b"", b"junk", b"\x81\xa0\xc4\x04junk", b"\x81\xa0\xc4\x05\x28\xb5\x2f\xfd\x00"):
        with service.database.write() as connection, caplog.at_level(logging.WARNING):
            connection.execute(update(window_summaries).values(document=junk))
        assert read(service, find_summary, execution.id) is None
        assert read(service, history, [1]).has_summary == [False]
    assert f"the summary of execution {execution.id} cannot be read" in caplog.text


def test_summaries_come_oldest_first_within_their_time(service: Service, add: Add) -> None:
    for hours in (3, 1, 0, 2):
        add(hours, Summary(n_rows=hours))
    add(1, Summary(n_rows=99), schedule=2)
    found = read(service, summaries_of, [1], since=NOON + HOUR, until=NOON + 3 * HOUR)
    assert [(one.scheduled_at, summary.n_rows) for one, summary in found] == [
        (NOON + HOUR, 1),
        (NOON + 2 * HOUR, 2),
    ]
    assert [summary.n_rows for _, summary in read(service, summaries_of, [1], limit=2)] == [2, 3]


def test_a_history_has_an_entry_for_each_window(service: Service, add: Add) -> None:
    add(0, of_features(a=0.1, b=0.2))
    add(1, of_features(a=0.3, b=0.4))
    add(2, status="Failed")
    add(3, status="InProgress", ended_at=None)
    found = read(service, history, [1])
    assert found.times == [NOON - HOUR, NOON, NOON + HOUR]
    assert (found.has_summary, found.n_rows) == ([True, True, False], [2, 2, None])
    assert found.features["a"]["distance"] == [0.1, 0.3, None]
    assert found.features["b"]["mean"] == [None, None, None]
    assert found.features["b"].type == "Fractional"


def test_windows_of_other_features_are_aligned_by_name(service: Service, add: Add) -> None:
    add(0, of_features(gone=0.1, a=0.2))
    add(1, of_features(a=0.3, new=0.4))
    found = read(service, history, [1]).features
    assert list(found) == ["a", "new", "gone"]
    assert {name: one["distance"] for name, one in found.items()} == {
        "a": [0.2, 0.3],
        "new": [None, 0.4],
        "gone": [0.1, None],
    }
    assert found["gone"].type == "Fractional"


def test_of_several_runs_for_one_time_the_last_counts(service: Service, add: Add) -> None:
    add(0, of_features(a=0.1))
    add(0, of_features(a=0.2), run=1, cause="by hand")
    add(0, of_features(a=0.9), schedule=2)
    assert read(service, history, [1]).features["a"]["distance"] == [0.2]
    assert read(service, history, [1, 2]).features["a"]["distance"] == [0.2, 0.9]


def test_only_the_columns_that_are_wanted_are_read(service: Service, add: Add) -> None:
    add(0, of_features(a=0.1))
    assert read(service, history, [1], columns=["distance"]).features["a"].numbers == {"distance": [0.1]}


def test_measures_bias_and_attributions_have_histories(service: Service, add: Add) -> None:
    bias = BiasSummary(facet="sex", group="f", metric="DI", stage="Post-Training", value=0.8, neutral=1.0)
    add(0, Summary(measures=[MeasureSummary(name="auc", value=0.9, limit=0.8)]))
    add(1, Summary(bias=[bias], attributions=[AttributionSummary(label="y", feature="a", value=2.0, rank=1)]))
    add(2, Summary(scores=[ScoreSummary(label="y", ndcg=0.7, limit=0.9, is_broken=True)]))
    add(3, Summary(merge=MergeSummary(n_requests=5, n_matched=3, n_waiting=2)))
    found = read(service, history, [1])
    assert found.measures["auc"]["value"] == [0.9, None, None, None]
    assert found.bias["sex", "f", "DI"]["value"] == [None, 0.8, None, None]
    assert found.bias["sex", "f", "DI"].latest.neutral == 1.0
    assert found.attributions["y", "a"]["rank"] == [None, 1, None, None]
    assert found.scores["y"]["is_broken"] == [None, None, True, None]
    assert found.n_waiting == [None, None, None, 2]


def test_no_schedules_have_an_empty_history(service: Service) -> None:
    found = read(service, history, [])
    assert (found.windows, found.features) == ([], {})
