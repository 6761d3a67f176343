"""The contract of a processing job, as far as a monitor needs it. Needs nothing but Python."""

import base64
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("LEEBOARD_ROOT", "/"))
"""What stands for / in the paths of the job: elsewhere where a program runs without a box."""


def place(path: str) -> Path:
    """Where a path of the job lies."""
    return ROOT / path.lstrip("/")


def told(name: str, default: str = "") -> str:
    """A variable of the job."""
    return os.environ.get(name) or default


def baseline(kind: str) -> dict[str, Any] | None:
    """`statistics` or `constraints` of the baseline; None in a job that is to make one."""
    path = told(f"baseline_{kind}")
    return json.loads(place(path).read_text()) if path else None


def documents(side: str) -> Iterator[Any]:
    """What was captured in the window, or the JSON lines of a data set: one document each.

    Args:
        side: `endpointInput` or `endpointOutput`.
    """
    for record in _lines():
        if "captureData" not in record:
            yield record
        elif _is_in_window(record):
            yield _document(record["captureData"].get(side) or {})


def _lines() -> Iterator[dict[str, Any]]:
    for file in sorted(place(told("dataset_source")).rglob("*.jsonl")):
        with file.open(encoding="utf-8", newline="\n") as lines:  # texts may hold other ends of lines
            yield from (json.loads(line) for line in lines if line.strip())


def _is_in_window(record: Mapping[str, Any]) -> bool:
    at = record["eventMetadata"]["inferenceTime"]
    return told("start_time", at) <= at < told("end_time", "9999")


def _document(captured: Mapping[str, Any]) -> Any:
    data = captured.get("data", "null")
    text = base64.b64decode(data).decode() if captured.get("encoding") == "BASE64" else data
    return json.loads(text)


def write(name: str, document: Mapping[str, Any]) -> None:
    """One of the files of the results."""
    (place(told("output_path")) / name).write_text(json.dumps(document))


def finish(violations: Sequence[Mapping[str, str]], metrics: Mapping[str, float]) -> None:
    """What a check leaves: violations, metrics, and the message that decides the status."""
    write("constraint_violations.json", {"violations": list(violations)})
    leave_metrics(metrics)
    if violations:
        leave_message(f"CompletedWithViolations: Job completed with {len(violations)} violations.")
    else:
        leave_message("Completed: Job completed successfully with no violations.")


def leave_message(text: str) -> None:
    """One sentence about the job; of a job that fails it is the reason."""
    place(told("output_message_file", "/opt/ml/output/message")).write_text(text[:1024])


def leave_metrics(metrics: Mapping[str, float]) -> None:
    """Numbers for the metrics of the endpoint, read if the schedule publishes any."""
    names = {
        "Endpoint": "sagemaker_endpoint_name",
        "MonitoringSchedule": "sagemaker_monitoring_schedule_name",
    }
    dimensions = [{"Name": name, "Value": told(of)} for name, of in names.items() if told(of)]
    when = {"Timestamp": told("metric_time")} if told("metric_time") else {}
    lines = [
        json.dumps({"MetricName": name, "Value": value, "Dimensions": dimensions, **when})
        for name, value in metrics.items()
    ]
    folder = place(told("cloudwatch_metrics_directory", "/opt/ml/output/metrics/cloudwatch"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.jsonl").write_text("".join(line + "\n" for line in lines))
