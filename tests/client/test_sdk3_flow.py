"""SDK 3 runs unchanged, where it is not broken by itself."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow

SCHEDULE = "phone-calls-hourly-sdk3"


@pytest.fixture(scope="module")
def monitored(server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first half saw."""
    return server.run_flow(other_python("sdk3"), "sdk3_monitor.py", tmp_path_factory.mktemp("sdk3"))


@pytest.fixture(scope="module")
def watched(
    server: Any, monitored: dict[str, Any], other_python: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the second half saw, after the schedule was fired."""
    server.run_schedule(SCHEDULE)
    return server.run_flow(other_python("sdk3"), "sdk3_watch.py", tmp_path_factory.mktemp("sdk3-watch"))


def test_resources_are_made_and_answer(monitored: dict[str, Any]) -> None:
    assert monitored["account"] == "000000000000"
    assert monitored["answer_type"].startswith("text/csv")
    assert monitored["n_capture_files"] > 0


def test_a_baseline_and_a_schedule_are_made(monitored: dict[str, Any]) -> None:
    assert (monitored["item_count"], monitored["schedule_status"]) == (600, "Scheduled")


def test_the_execution_is_read_with_its_violations(watched: dict[str, Any]) -> None:
    assert {"minutes", "plan"} <= {each["feature_name"] for each in watched["violations"]}
    assert watched["n_analysed"] == 40
    assert f"/reports/phone-calls-sdk3/{SCHEDULE}/" in watched["report"]
    assert watched["logs"]


def test_alerts_and_schedules_are_changed(watched: dict[str, Any]) -> None:
    assert watched["alert"] == [True, 3, 5]
    assert watched["cron"] == "cron(0 4 ? * * *)"
    assert (watched["stopped"], watched["started"]) == ("Stopped", "Scheduled")


def test_all_is_deleted_in_the_end(watched: dict[str, Any]) -> None:
    assert "phone-calls-sdk3" not in watched["endpoints_left"]


def test_no_request_left_for_aws(watched: dict[str, Any], outside: Any) -> None:
    assert outside.asked_for == []
