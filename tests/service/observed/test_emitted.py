"""What own containers wrote into their metric files, as Prometheus reads it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from leeboard.jobs.runners import ProcessingEnd
from leeboard.service import executions
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.observed.emitted import MOST_OF_A_WINDOW
from leeboard.service.observed.gathering import ServiceNumbers
from leeboard.service.resources import add
from leeboard.service.work.planner import plan_due
from leeboard.service.work.processing import conclude

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW = TEN + timedelta(minutes=20)
OWN, OURS = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1", "x/sagemaker-model-monitor-analyzer"
HOUR = timedelta(hours=1)
Found = list[tuple[dict[str, str], float]]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}"
        return
    with request.getfixturevalue("postgres").fresh_database() as url:
        yield url


def numbers_of(service: Any, most: int = 1000) -> ServiceNumbers:
    return ServiceNumbers(service, most_series=most, fresh_s=0, now=lambda: NOW)


@pytest.fixture
def numbers(service: Any) -> ServiceNumbers:
    return numbers_of(service)


@pytest.fixture
def ended(service: Any, add_schedule: Callable[..., Any]) -> Callable[..., None]:
    """Ends the window of a schedule that is due at a time, with what its container wrote."""
    schedules: dict[str, Any] = {}

    def end(name: str, metrics: list[dict[str, Any]], **told: Any) -> None:
        image, status, at = told.get("image", OWN), told.get("status", "Completed"), told.get("at", TEN)
        schedule = schedules.get(name) or schedules.setdefault(name, add_schedule(name, due_at=TEN))
        plan_due(service, at + timedelta(minutes=20))
        about = {"facts": {"schedule_id": schedule.id, "monitoring_type": "DataQuality"}, "now": at}
        document = {"AppSpecification": {"ImageUri": image}}
        with service.database.write() as connection:
            [execution] = executions.unfinished(connection, schedule.id)
            name = f"Job-{execution.id}"
            job = add(connection, service.settings, PROCESSING_JOB, name, document, **about)
            assert job is not None
            executions.begin(connection, execution, job.name, now=at)
            ended = ProcessingEnd(
                state="Failed" if status == "Failed" else "Completed",
                exit_code=0,
                message="",
                metrics=metrics,
            )
            conclude(connection, job, ended, now=at)
            executions.end(connection, execution, status, now=at)

    return end


def metric(name: str, value: float, **more: Any) -> dict[str, Any]:
    return {"MetricName": name, "Timestamp": "2026-11-22T09:00:00Z", "Value": value, **more}


def read(numbers: ServiceNumbers, family: str = "leeboard_emitted") -> Found:
    families = text_string_to_metric_families(numbers.text().decode())
    return [(each.labels, each.value) for one in families for each in one.samples if each.name == family]


def about(name: str, schedule: str = "hourly") -> dict[str, str]:
    return {"endpoint": "churn", "schedule": schedule, "metric": name}


@BOTH
def test_what_an_own_container_wrote_is_told(numbers: Any, ended: Any) -> None:
    ended("hourly", [metric("psi", 0.25), metric("unseen words", 3)], status="CompletedWithViolations")
    assert read(numbers) == [(about("psi"), 0.25), (about("unseen words"), 3.0)]


def test_several_points_of_a_name_are_their_mean(numbers: Any, ended: Any) -> None:
    sums = {"SampleCount": 3, "Sum": 30, "Minimum": 1, "Maximum": 20}
    several = {"MetricName": "psi", "StatisticValues": sums}
    ended("hourly", [metric("psi", 2, Dimensions=[{"Name": "Class", "Value": "a"}]), several])
    assert read(numbers) == [(about("psi"), 8.0)]


def test_what_our_own_monitors_publish_has_families_of_its_own(numbers: Any, ended: Any) -> None:
    ended("hourly", [metric("feature_baseline_drift_age", 0.25)], image=OURS)
    assert read(numbers) == []


def test_a_later_window_takes_its_place_and_one_that_failed_does_not(numbers: Any, ended: Any) -> None:
    ended("hourly", [metric("psi", 1)])
    assert read(numbers) == [(about("psi"), 1.0)]
    ended("hourly", [metric("psi", 9)], status="Failed", at=TEN + HOUR)
    assert read(numbers) == [(about("psi"), 1.0)]
    ended("hourly", [metric("other", 2)], at=TEN + 2 * HOUR)
    assert read(numbers) == [(about("other"), 2.0)]
    ended("hourly", [], at=TEN + 3 * HOUR)
    assert read(numbers) == []


def test_a_server_that_was_begun_anew_tells_the_same(service: Any, numbers: Any, ended: Any) -> None:
    ended("hourly", [metric("psi", 1)])
    ended("daily", [metric("psi", 2)])
    assert len(read(numbers)) == 2
    assert read(numbers_of(service)) == read(numbers) == read(numbers)


HOSTILE = [
    'a"} 1\nleeboard_state_up 0',
    "\\",
    "\r\n# HELP x",
    "\u2028",
    "x" * 255,
    "ключ",
    "\x1b[31m",
    "",
    " ",
    "{}",
]


@BOTH
def test_hostile_names_are_labels_and_nothing_else(numbers: Any, ended: Any) -> None:
    ended("hourly", [metric(name, n) for n, name in enumerate(HOSTILE)])
    found = {labels["metric"]: value for labels, value in read(numbers)}
    assert found == {name: float(n) for n, name in enumerate(HOSTILE)}
    assert read(numbers, "leeboard_state_up") == [({}, 1.0)]


@BOTH
def test_numbers_that_grow_beyond_all_bounds_hide_nothing_else(numbers: Any, ended: Any) -> None:
    sums = {"SampleCount": 1e-300, "Sum": 1e308, "Minimum": 0, "Maximum": 0}
    ended("hourly", [metric("a", 1e308), metric("a", 1e308), {"MetricName": "b", "StatisticValues": sums}])
    assert read(numbers) == [(about("a"), float("inf")), (about("b"), float("inf"))]
    assert read(numbers, "leeboard_state_up") == [({}, 1.0)]


def test_very_many_names_of_a_window_are_cut_and_told_of(numbers: Any, ended: Any) -> None:
    ended("hourly", [metric(f"m{n:04}", n) for n in range(MOST_OF_A_WINDOW + 50)])
    ended("daily", [metric("psi", 1)])
    names = [labels["metric"] for labels, _ in read(numbers)]
    assert sorted(names) == sorted(["psi", *(f"m{n:04}" for n in range(MOST_OF_A_WINDOW))])
    assert read(numbers, "leeboard_series_dropped") == [({"family": "leeboard_emitted"}, 50.0)]


def test_all_windows_together_have_as_many_series_as_a_family_may(service: Any, ended: Any) -> None:
    for name in ("a", "b", "c"):
        ended(name, [metric(f"m{n}", n) for n in range(10)])
    numbers = numbers_of(service, most=20)
    assert len(read(numbers)) == 20
    assert read(numbers, "leeboard_series_dropped") == [({"family": "leeboard_emitted"}, 10.0)]


def test_a_window_that_was_told_is_not_read_again(service: Any, numbers: Any, ended: Any) -> None:
    from sqlalchemy import event

    ended("hourly", [metric("psi", 1)])
    assert len(read(numbers)) == 1
    asked: list[str] = []
    event.listen(service.database._engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert len(read(numbers)) == 1
    assert not any("metric_points" in each for each in asked)
