"""Makes on a leeboard server what `export_monitors.py` wrote.

    leeboard run -- python replay_monitors.py moved

What is there already stays as it is, so it may be run again. Endpoints are made for models that are served
elsewhere; with `--keep-images` they have their own images, which `leeboard models map` must know.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

Json = dict[str, Any]
ELSEWHERE = "leeboard-external"
"""The image of models that leeboard does not ask."""
MODEL_ONLY = ("ModelName", "ExecutionRoleArn", "Tags")
KEYS = ("KmsKeyId", "VolumeKmsKeyId", "OutputKmsKeyId")
"""Of AWS's key store, which is not here."""
CALLS = {
    "model": ("create_model", "describe_model", "ModelName"),
    "endpoint_config": ("create_endpoint_config", "describe_endpoint_config", "EndpointConfigName"),
    "endpoint": ("create_endpoint", "describe_endpoint", "EndpointName"),
    "schedule": ("create_monitoring_schedule", "describe_monitoring_schedule", "MonitoringScheduleName"),
}
DEFINITIONS = {
    "DataQuality": "data_quality_job_definition",
    "ModelQuality": "model_quality_job_definition",
    "ModelBias": "model_bias_job_definition",
    "ModelExplainability": "model_explainability_job_definition",
}
OPTIONS = ("DatapointsToAlert", "EvaluationPeriod")


class Replay:
    """Makes one thing after the other."""

    def __init__(self, *, keeps_images: bool, is_stopped: bool) -> None:
        self._keeps_images, self._is_stopped = keeps_images, is_stopped
        self._client, self._store = boto3.client("sagemaker"), boto3.client("s3")
        self._there = {bucket["Name"] for bucket in self._store.list_buckets()["Buckets"]}

    def make(self, kind: str, kept: Json) -> None:
        asked = without_keys(kept["Request"])
        for uri in places(asked):
            self.bucket(uri.removeprefix("s3://").partition("/")[0])
        if kind == "alarm":
            boto3.client("cloudwatch").put_metric_alarm(**asked)
            say(f"alarm {asked['AlarmName']}: made")
            return
        if kind == "model" and not self._keeps_images:
            asked = {name: asked[name] for name in MODEL_ONLY if name in asked}
            asked["PrimaryContainer"] = {"Image": ELSEWHERE}
        create, describe, key = self._calls(kind, kept)
        if self._exists(describe, key, asked[key]):
            say(f"{kind} {asked[key]}: is there already")
            return
        getattr(self._client, create)(**asked)
        if kind == "schedule":
            self._follow(asked[key], kept)
        say(f"{kind} {asked[key]}: made")

    def _calls(self, kind: str, kept: Json) -> tuple[str, str, str]:
        if kind != "definition":
            return CALLS[kind]
        name = DEFINITIONS[kept["Kind"]]
        return f"create_{name}", f"describe_{name}", "JobDefinitionName"

    def _exists(self, describe: str, key: str, name: str) -> bool:
        try:
            getattr(self._client, describe)(**{key: name})
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
                return False
            raise
        return True

    def _follow(self, name: str, kept: Json) -> None:
        """When an alert rings, and whether the schedule was stopped."""
        for alert in kept["Alerts"]:
            options = {option: alert[option] for option in OPTIONS}
            self._client.update_monitoring_alert(
                MonitoringScheduleName=name, MonitoringAlertName=alert["MonitoringAlertName"], **options
            )
        if kept["IsStopped"] or self._is_stopped:
            self._client.stop_monitoring_schedule(MonitoringScheduleName=name)

    def bucket(self, name: str) -> None:
        if name not in self._there:
            self._store.create_bucket(Bucket=name)
            self._there.add(name)

    def files(self, folder: Path) -> None:
        """Baselines, scripts and configurations, to the same names."""
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                bucket, *key = file.relative_to(folder).parts
                self.bucket(bucket)
                self._store.upload_file(str(file), bucket, "/".join(key))


def without_keys(part: Any) -> Any:
    """The same without keys of KMS."""
    if isinstance(part, dict):
        return {name: without_keys(value) for name, value in part.items() if name not in KEYS}
    return [without_keys(each) for each in part] if isinstance(part, list) else part


def places(part: Any) -> Iterator[str]:
    """All URIs of S3 in a request."""
    if isinstance(part, str) and part.startswith("s3://"):
        yield part
    values = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for each in values:
        yield from places(each)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--keep-images", action="store_true", help="models keep their images")
    asked.add_argument("--stopped", action="store_true", help="schedules are made and stopped at once")
    given = asked.parse_args()
    replay = Replay(keeps_images=given.keep_images, is_stopped=given.stopped)
    replay.files(given.folder / "objects")
    for file in sorted(given.folder.glob("*.json")):
        replay.make(file.name.split("-")[1], json.loads(file.read_text()))


if __name__ == "__main__":
    main()
