"""SDK 2 runs unchanged: its own scripts, in its own environment, started by `leeboard run`."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow

SCHEDULE = "phone-calls-hourly-sdk2"


@pytest.fixture(scope="module")
def deployed(server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first half saw."""
    return server.run_flow(other_python("sdk2"), "sdk2_deploy.py", tmp_path_factory.mktemp("sdk2"))


@pytest.fixture(scope="module")
def watched(
    server: Any, deployed: dict[str, Any], other_python: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the second half saw, after the schedule was fired."""
    server.run_schedule(SCHEDULE)
    return server.run_flow(other_python("sdk2"), "sdk2_watch.py", tmp_path_factory.mktemp("sdk2-watch"))


def test_the_default_bucket_has_the_accounts_name(deployed: dict[str, Any]) -> None:
    assert deployed["bucket"] == "sagemaker-us-east-1-000000000000"


def test_a_deployed_model_answers(deployed: dict[str, Any]) -> None:
    assert (deployed["status"], deployed["n_answers"]) == ("InService", 60)
    assert float(deployed["answer"]) > 0


def test_traffic_is_captured_as_csv(deployed: dict[str, Any]) -> None:
    captured = deployed["captures"][0]
    assert captured["captureData"]["endpointInput"]["encoding"] == "CSV"
    assert captured["captureData"]["endpointOutput"]["mode"] == "OUTPUT"


def test_a_suggested_baseline_is_read_changed_and_saved(deployed: dict[str, Any]) -> None:
    assert deployed["baselining_status"] == "Completed"
    assert deployed["item_count"] == 600
    assert deployed["features"] == ["score", "minutes", "calls", "plan"]
    limits = deployed["saved"]["monitoring_config"]["distribution_constraints"]
    assert limits["comparison_threshold"] == 0.25


def test_a_new_schedule_is_scheduled_and_has_not_run(deployed: dict[str, Any]) -> None:
    assert (deployed["schedule_status"], deployed["executions_before"]) == ("Scheduled", 0)


def test_another_process_attaches(watched: dict[str, Any]) -> None:
    assert watched["attached"] == [SCHEDULE, "ml.m5.xlarge", 20]


def test_the_execution_is_listed_with_its_violations(watched: dict[str, Any]) -> None:
    assert (watched["n_executions"], watched["summary"]) == (1, "CompletedWithViolations")
    assert watched["exit_message"].startswith("CompletedWithViolations: ")
    assert {"minutes", "plan"} <= {each["feature_name"] for each in watched["violations"]}
    assert watched["latest_violations"] == watched["violations"]
    assert watched["n_analysed"] == 60


def test_the_log_has_the_job_and_what_both_scripts_said(watched: dict[str, Any]) -> None:
    assert watched["arn"].rpartition("/")[2] in watched["logs"]
    assert "preprocessing " in watched["logs"]
    assert "the postprocessing script was here" in watched["logs"]


def test_an_alert_is_changed(watched: dict[str, Any]) -> None:
    assert watched["alert"] == [True, 3, 5]


def test_a_schedule_is_updated_stopped_and_started(watched: dict[str, Any]) -> None:
    assert watched["cron"] == "cron(0 4 ? * * *)"
    assert watched["definition_changed"]
    assert (watched["stopped"], watched["started"]) == ("Stopped", "Scheduled")


def test_an_endpoint_knows_its_monitors(watched: dict[str, Any]) -> None:
    assert watched["monitors"] == [["DefaultModelMonitor", SCHEDULE]]


def test_an_endpoint_with_a_monitor_is_not_deleted(watched: dict[str, Any]) -> None:
    assert "ValidationException" in watched["refusal"]
    assert SCHEDULE in watched["refusal"]


def test_capture_is_disabled(watched: dict[str, Any]) -> None:
    assert watched["capture_after_disabling"] == "Stopped"


def test_all_is_deleted_in_the_end(watched: dict[str, Any]) -> None:
    assert watched["schedules_left"] == []
    assert "Could not find endpoint" in watched["gone"]


@pytest.fixture(scope="module")
def transformed(server: Any, other_python: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first half of the batch flow saw."""
    return server.run_flow(other_python("sdk2"), "sdk2_batch.py", tmp_path_factory.mktemp("batch"))


@pytest.fixture(scope="module")
def batch_watched(
    server: Any, transformed: dict[str, Any], other_python: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What its second half saw, after the schedule was fired."""
    server.run_schedule("phone-calls-batch-sdk2")
    return server.run_flow(
        other_python("sdk2"), "sdk2_batch_watch.py", tmp_path_factory.mktemp("batch-watch")
    )


def test_a_transform_scores_every_row_in_its_order(transformed: dict[str, Any], flows: Any) -> None:
    assert transformed["n_scores"] == 80
    first = flows.customers(80, seed=3)[0]
    assert transformed["score"].startswith(f"{first},{flows.score(first)},")  # behind it the inference id


def test_a_transform_captures_input_and_output(transformed: dict[str, Any]) -> None:
    assert any("/input/" in uri for uri in transformed["captured"])
    assert any("/output/" in uri for uri in transformed["captured"])


def test_a_batch_schedule_analyses_what_was_captured(batch_watched: dict[str, Any]) -> None:
    assert (batch_watched["status"], batch_watched["n_analysed"]) == ("Completed", 80)


def test_clean_batches_have_no_violations(batch_watched: dict[str, Any]) -> None:
    assert batch_watched["violations"] == [], batch_watched["exit_message"]
    assert batch_watched["exit_message"].startswith("Completed: ")


def test_no_request_left_for_aws(watched: dict[str, Any], outside: Any) -> None:
    assert outside.asked_for == []
