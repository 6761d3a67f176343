"""Names and ARNs of resources."""

from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.service.settings import Settings

MODEL, ENDPOINT_CONFIG, ENDPOINT = "model", "endpoint-config", "endpoint"
PROCESSING_JOB, TRANSFORM_JOB, TRAINING_JOB = "processing-job", "transform-job", "training-job"
SCHEDULE = "monitoring-schedule"
PIPELINE = "pipeline"
MODEL_PACKAGE_GROUP, MODEL_PACKAGE = "model-package-group", "model-package"
DEFINITIONS = {each.aws: each.definition_kind for each in MONITOR_TYPES.values()}
"""Kinds of job definitions by monitoring type."""


def arn_of(settings: Settings, kind: str, name: str) -> str:
    """AWS writes names in lower case here."""
    return f"arn:aws:sagemaker:{settings.region}:{settings.account}:{kind}/{name.lower()}"


def execution_arn(settings: Settings, pipeline: str, key: str) -> str:
    """The ARN of an execution of a pipeline."""
    return f"{arn_of(settings, PIPELINE, pipeline)}/execution/{key}"


def key_of(name: str) -> str:
    """Two names that differ in case alone are one."""
    return name.lower()
