"""Writes the monitoring schedules of a SageMaker account, and all that they need, into a folder of JSON.

    python export_monitors.py moved --contains churn

It only reads. The account, the region and the address are those of any AWS program: AWS_PROFILE,
AWS_DEFAULT_REGION, AWS_ENDPOINT_URL.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

Json = dict[str, Any]
ORDER = ("model", "endpoint_config", "endpoint", "definition", "schedule", "alarm")
DEFINITIONS = {
    "DataQuality": "data_quality_job_definition",
    "ModelQuality": "model_quality_job_definition",
    "ModelBias": "model_bias_job_definition",
    "ModelExplainability": "model_explainability_job_definition",
}
CONSTRAINTS = {"DataQuality": "constraints.json", "ModelQuality": "constraints.json"}
FILES = ("StatisticsResource", "ConstraintsResource")
SCRIPTS = ("RecordPreprocessorSourceUri", "PostAnalyticsProcessorSourceUri", "ConfigUri")
NAMESPACE = "aws/sagemaker/"


class Export:
    """What was found, and the files of S3 that it names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client = boto3.client("sagemaker")
        self._store = boto3.client("s3")
        self._seen: set[tuple[str, str]] = set()

    def schedule(self, name: str) -> None:
        """One schedule with its definition, its endpoint, its tags and its alert."""
        told = self._client.describe_monitoring_schedule(MonitoringScheduleName=name)
        config = told["MonitoringScheduleConfig"]
        if inside := config.get("MonitoringJobDefinition"):
            self._files(inside)
        else:
            self._definition(config["MonitoringJobDefinitionName"], config["MonitoringType"])
        if endpoint := told.get("EndpointName"):
            self._endpoint(endpoint)
        alerts = self._client.list_monitoring_alerts(MonitoringScheduleName=name)
        more = {"IsStopped": told["MonitoringScheduleStatus"] == "Stopped"}
        more["Alerts"] = alerts.get("MonitoringAlertSummaries", [])
        self._keep("schedule", name, request(self._client, "CreateMonitoringSchedule", told), more, told)

    def _definition(self, name: str, kind: str) -> None:
        told = getattr(self._client, f"describe_{DEFINITIONS[kind]}")(JobDefinitionName=name)
        made = request(self._client, f"Create{kind}JobDefinition", told)
        baseline = made.get(f"{kind}BaselineConfig", {})
        if job := baseline.pop("BaseliningJobName", None):
            self._name_the_files(baseline, job, kind)
        self._files(made)
        self._keep("definition", name, made, {"Kind": kind}, told)

    def _name_the_files(self, baseline: Json, job: str, kind: str) -> None:
        """The job stays behind; what it wrote is moved."""
        if "ConstraintsResource" in baseline:
            return
        outputs = self._client.describe_processing_job(ProcessingJobName=job)["ProcessingOutputConfig"]
        folder = outputs["Outputs"][0]["S3Output"]["S3Uri"].rstrip("/")
        file = CONSTRAINTS.get(kind, "analysis.json")
        baseline["ConstraintsResource"] = {"S3Uri": f"{folder}/{file}"}
        if kind == "DataQuality":
            baseline["StatisticsResource"] = {"S3Uri": f"{folder}/statistics.json"}

    def _endpoint(self, name: str) -> None:
        told = self._client.describe_endpoint(EndpointName=name)
        config = self._client.describe_endpoint_config(EndpointConfigName=told["EndpointConfigName"])
        for variant in config["ProductionVariants"]:
            model = self._client.describe_model(ModelName=variant["ModelName"])
            made = request(self._client, "CreateModel", model)
            self._keep("model", variant["ModelName"], made, {}, model)
        made = request(self._client, "CreateEndpointConfig", config)
        self._keep("endpoint_config", made["EndpointConfigName"], made, {}, config)
        self._keep("endpoint", name, request(self._client, "CreateEndpoint", told), {}, told)

    def _files(self, definition: Json) -> None:
        """Baselines, scripts and configurations; not what was captured, which may be much."""
        for uri in sorted(set(small_files(definition))):
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            file = self._folder / "objects" / bucket / key
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._store.download_file(bucket, key, str(file))
            except ClientError as error:
                say(f"not copied: {uri}: {error}")

    def alarms(self) -> None:
        """Alarms of CloudWatch on what monitors publish."""
        cloudwatch = boto3.client("cloudwatch")
        for page in cloudwatch.get_paginator("describe_alarms").paginate():
            for told in page["MetricAlarms"]:
                if told.get("Namespace", "").lstrip("/").startswith(NAMESPACE):
                    made = request(cloudwatch, "PutMetricAlarm", told)
                    self._keep("alarm", told["AlarmName"], made, {}, {})

    def _keep(self, kind: str, name: str, made: Json, more: Json, told: Mapping[str, Any]) -> None:
        if (kind, name) in self._seen:
            return
        self._seen.add((kind, name))
        arns = (value for key, value in told.items() if key.endswith("Arn") and ":sagemaker:" in value)
        if (arn := next(arns, None)) and (tags := self._tags(arn)):
            made["Tags"] = tags
        file = self._folder / f"{ORDER.index(kind)}-{kind}-{name.replace('/', '_')}.json"
        file.write_text(json.dumps({"Request": made, **more}, indent=2, default=str) + "\n")
        say(f"{kind} {name}")

    def _tags(self, arn: str) -> list[Json]:
        tags: list[Json] = self._client.list_tags(ResourceArn=arn).get("Tags", [])
        return [tag for tag in tags if not tag["Key"].startswith("aws:")]

    def names(self, contains: str) -> Iterator[str]:
        asked = {"NameContains": contains} if contains else {}
        for page in self._client.get_paginator("list_monitoring_schedules").paginate(**asked):
            yield from (one["MonitoringScheduleName"] for one in page["MonitoringScheduleSummaries"])


def request(client: Any, operation: str, told: Mapping[str, Any]) -> Json:
    """What Describe told, without what Create does not take."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in told.items() if name in members and value not in (None, [], "")}


def small_files(part: Any) -> Iterator[str]:
    """URIs of single files in a definition."""
    for name, value in part.items() if isinstance(part, dict) else ():
        if name in SCRIPTS and isinstance(value, str) and value.startswith("s3://"):
            yield value
        elif name in FILES and "S3Uri" in value:
            yield value["S3Uri"]
        else:
            yield from small_files(value)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--contains", default="", help="part of the names of the schedules; all, if not given")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    export = Export(given.folder)
    for name in export.names(given.contains):
        export.schedule(name)
    export.alarms()


if __name__ == "__main__":
    main()
