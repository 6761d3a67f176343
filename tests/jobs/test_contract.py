"""The analyzer as a processing job: environment in; reports, message, metrics and exit code out."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

HOURS = "flights/AllTraffic/2022/04/18/00"
BASELINE_ROWS = [(str(i % 2), str(20 + i % 50), f"{i / 7:.3f}", "ab"[i % 2]) for i in range(400)]
NAMES = ("churn", "age", "spend", "plan")


def run_job(root: Path, **variables: str) -> tuple[int, str]:
    """Exit code and message of a job of its own process."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "leeboard.jobs"],
        env={**environment, "LEEBOARD_ROOT": str(root)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    message = root / "opt/ml/output/message"
    return done.returncode, message.read_text() if message.exists() else f"no message; {done.stderr}"


def put_baseline_data(root: Path) -> None:
    folder = root / "opt/ml/processing/input/baseline_dataset_input"
    folder.mkdir(parents=True)
    with (folder / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows([NAMES, *BASELINE_ROWS])


def put_capture(root: Path, rows: Sequence[tuple[str, ...]], hour: str = HOURS) -> None:
    folder = root / "opt/ml/processing/input/endpoint" / hour
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "00-00-000-x.jsonl").open("a") as file:
        for i, (output, *inputs) in enumerate(rows):
            record = {
                "captureData": {
                    "endpointInput": {"mode": "INPUT", "data": ",".join(inputs), "encoding": "CSV"},
                    "endpointOutput": {"mode": "OUTPUT", "data": output + "\n", "encoding": "CSV"},
                },
                "eventMetadata": {"eventId": str(i), "inferenceTime": "2022-04-18T00:21:48Z"},
                "eventVersion": "0",
            }
            file.write(json.dumps(record) + "\n")


BASELINE_JOB = {
    "dataset_source": "/opt/ml/processing/input/baseline_dataset_input",
    "dataset_format": '{"csv": {"header": true, "output_columns_position": "START"}}',
    "output_path": "/opt/ml/processing/output",
    "publish_cloudwatch_metrics": "Disabled",
}
MONITORING_JOB = {
    "dataset_source": "/opt/ml/processing/input/endpoint",
    "dataset_format": '{"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}',
    "output_path": "/opt/ml/processing/monitoring",
    "publish_cloudwatch_metrics": "Enabled",
    "baseline_constraints": "/opt/ml/processing/output/constraints.json",
    "baseline_statistics": "/opt/ml/processing/output/statistics.json",
    "sagemaker_endpoint_name": "flights",
    "sagemaker_monitoring_schedule_name": "hourly",
    "start_time": "2022-04-18T00:00:00Z",
    "end_time": "2022-04-18T01:00:00Z",
    "metric_time": "2022-04-18T00:00:00Z",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with baseline data and the baseline made from them."""
    put_baseline_data(tmp_path)
    code, message = run_job(tmp_path, **BASELINE_JOB)
    assert (code, message) == (0, "Completed: Job completed successfully with no violations.")
    return tmp_path


def test_a_baseline_job_leaves_statistics_and_constraints(root: Path) -> None:
    output = root / "opt/ml/processing/output"
    statistics = json.loads((output / "statistics.json").read_text())
    constraints = json.loads((output / "constraints.json").read_text())
    assert statistics["dataset"]["item_count"] == 400
    assert [feature["name"] for feature in constraints["features"]] == list(NAMES)
    assert constraints["monitoring_config"]["evaluate_constraints"] == "Enabled"
    distribution = constraints["monitoring_config"]["distribution_constraints"]
    assert distribution["categorical_drift_method"] == "LInfinity"
    assert distribution["categorical_comparison_threshold"] == 0.1
    assert not (output / "constraint_violations.json").exists()


def test_a_clean_window_says_so_and_writes_an_empty_list(root: Path) -> None:
    put_capture(root, BASELINE_ROWS)
    code, message = run_job(root, **MONITORING_JOB)
    assert (code, message) == (0, "Completed: Job completed successfully with no violations.")
    violations = json.loads((root / "opt/ml/processing/monitoring/constraint_violations.json").read_text())
    assert violations == {"violations": []}


def test_a_broken_window_says_how_many_violations_there_are(root: Path) -> None:
    put_capture(root, [("1", "x", "0.5", "c"), *BASELINE_ROWS])
    code, message = run_job(root, **MONITORING_JOB)
    violations = json.loads((root / "opt/ml/processing/monitoring/constraint_violations.json").read_text())[
        "violations"
    ]
    found = {(entry["feature_name"], entry["constraint_check_type"]) for entry in violations}
    assert found == {("age", "data_type_check"), ("plan", "categorical_values_check")}
    assert (code, message) == (
        0,
        "CompletedWithViolations: Job completed successfully with 2 violations.",
    )


def test_metric_files_hold_one_object_a_line_with_dimensions_and_time(root: Path) -> None:
    put_capture(root, BASELINE_ROWS)
    run_job(root, **MONITORING_JOB)
    lines = (root / "opt/ml/output/metrics/cloudwatch/metrics.jsonl").read_text().splitlines()
    metrics = {metric["MetricName"]: metric for metric in map(json.loads, lines)}
    age = metrics["feature_data_age"]
    assert age["StatisticValues"] == {"SampleCount": 400, "Sum": 17800.0, "Minimum": 20.0, "Maximum": 69.0}
    assert age["Timestamp"] == "2022-04-18T00:00:00Z"
    assert age["Dimensions"] == [
        {"Name": "Endpoint", "Value": "flights"},
        {"Name": "MonitoringSchedule", "Value": "hourly"},
    ]
    assert metrics["feature_non_null_plan"]["Value"] == 1.0
    assert metrics["feature_baseline_drift_age"]["Value"] == 0.0


@pytest.mark.parametrize(
    ("start", "end", "cause"),
    [
        ("05:00", "06:00", "in folders of hours outside 2022-04-18T05:00Z to 2022-04-18T06:00Z"),
        ("00:30", "00:40", "no record in flights has an inferenceTime from 2022-04-18T00:30:00+00:00"),
    ],
)
def test_an_empty_window_fails_with_the_sentence_of_aws_and_the_cause(
    root: Path, start: str, end: str, cause: str
) -> None:
    put_capture(root, BASELINE_ROWS)
    window = {"start_time": f"2022-04-18T{start}:00Z", "end_time": f"2022-04-18T{end}:00Z"}
    code, message = run_job(root, **{**MONITORING_JOB, **window})
    assert code == 2
    assert message.startswith("Job inputs had no data: ")
    assert cause in message
    assert not (root / "opt/ml/processing/monitoring").exists()


def test_a_missing_input_folder_is_named(root: Path) -> None:
    code, message = run_job(root, **MONITORING_JOB)
    assert code == 2
    assert "opt/ml/processing/input/endpoint" in message


def test_scripts_run_and_a_failing_one_leaves_its_record_and_line(root: Path) -> None:
    put_capture(root, BASELINE_ROWS)
    script = root / "pre.py"
    script.write_text(
        "def preprocess_handler(record):\n    raise ValueError(record.event_metadata.event_id)\n"
    )
    code, message = run_job(root, **MONITORING_JOB, record_preprocessor_script=str(script))
    assert code == 2
    assert message.startswith("Exception while invoking preprocessor script.")
    assert "Record 1 (event 0)" in message
    assert "ValueError: 0" in message
    assert len(message) <= 1024


def test_a_postprocessor_runs_after_the_reports_are_written(root: Path) -> None:
    put_capture(root, BASELINE_ROWS)
    seen, script = root / "seen.txt", root / "post.py"
    report = root / "opt/ml/processing/monitoring/constraint_violations.json"
    script.write_text(
        f"def postprocess_handler():\n    open({str(seen)!r}, 'w').write(open({str(report)!r}).read())\n"
    )
    code, _ = run_job(root, **MONITORING_JOB, post_analytics_processor_script=str(script))
    assert code == 0
    assert json.loads(seen.read_text()) == {"violations": []}


def test_a_later_run_reads_constraints_that_a_client_has_edited(root: Path) -> None:
    put_capture(root, BASELINE_ROWS)
    file = root / "opt/ml/processing/output/constraints.json"
    constraints = json.loads(file.read_text())
    constraints["features"][1]["inferred_type"] = "String"
    file.write_text(json.dumps(constraints))
    _, message = run_job(root, **MONITORING_JOB)
    assert message == "CompletedWithViolations: Job completed successfully with 1 violations."


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"dataset_source": ""}, "dataset_source is not set"),
        ({"dataset_format": '{"cvs": {}}'}, "cvs"),
        ({"categorical_drift_method": "Chi"}, "expected LInfinity or ChiSquared"),
        ({"start_time": "yesterday"}, "expected a time such as"),
        ({"start_time": "2022-04-18T00:00:00Z"}, "start_time is set and end_time is not"),
        ({"end_time": "2022-04-18T00:00:00Z"}, "end_time is set and start_time is not"),
        ({"start_time": "2022-04-18T01:00:00Z", "end_time": "2022-04-18T01:00:00Z"}, "not after start_time"),
        ({"metric_time": "noon", "publish_cloudwatch_metrics": "Enabled"}, "metric_time is 'noon'"),
        ({"publish_cloudwatch_metrics": "yes"}, "expected Disabled or Enabled"),
        ({"leeboard_compat": "strikt"}, "expected default or strict"),
    ],
)
def test_a_wrong_variable_is_named(root: Path, variables: dict[str, str], reason: str) -> None:
    code, message = run_job(root, **{**BASELINE_JOB, **variables})
    assert code == 2
    assert reason in message
