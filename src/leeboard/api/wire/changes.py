"""Which operations change something, and of what: for the roles of callers, and for the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Self

from leeboard.service.access.audit import Line
from leeboard.service.access.signing import Signature
from leeboard.service.access.visitors import READER
from leeboard.service.refusals import AccessDeniedError

READING = ("Describe", "Filter", "Get", "List", "Search", "Simulate", "Query", "BatchGet", "BatchDescribe")
"""How the names of operations begin that only look; what is not known to look changes."""
OF_DATA = frozenset({"PutMetricData"})
"""Measurements, sent all day long: no settings, so no lines of the audit log."""
SUBJECTS = (
    "MonitoringScheduleName",
    "EndpointName",
    "EndpointConfigName",
    "JobDefinitionName",
    "ProcessingJobName",
    "TrainingJobName",
    "TransformJobName",
    "ModelName",
    "ModelPackageName",
    "ModelPackageArn",
    "ModelPackageGroupName",
    "PipelineExecutionArn",
    "PipelineName",
    "ResourceArn",
    "AlarmName",
    "AlarmNames",
)
"""Parameters that say what is changed; of several in one request, the first of these."""


@cache
def is_change(operation: str) -> bool:
    """Whether readers may not ask for it."""
    return not operation.startswith(READING)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was asked for, and how it stands in the audit log."""

    line: Line

    @classmethod
    def asked(cls, service: str, operation: str, access_key: str, request_id: str, at: datetime) -> Self:
        """Before its parameters are read."""
        return cls(
            Line(
                at=at,
                visitor=access_key,
                via="api",
                action=operation,
                subject="",
                outcome="",
                details={"service": service, "request_id": request_id},
            )
        )

    def of(self, params: Mapping[str, Any]) -> Self:
        """With what it changes."""
        return replace(self, line=replace(self.line, subject=subject_of(params)))

    @property
    def is_told(self) -> bool:
        """Whether the audit log has it."""
        return self.line.action not in OF_DATA

    def signature(self) -> Signature | None:
        """What the change is kept with; None for what is not told."""
        return Signature(self.ended("ok")) if self.is_told else None

    def ended(self, outcome: str) -> Line:
        return replace(self.line, outcome=outcome)


def subject_of(params: Mapping[str, Any]) -> str:
    """The name of what is changed; of an ARN, what stands behind the kind of resource."""
    given = next((params[name] for name in SUBJECTS if params.get(name)), "")
    names = given if isinstance(given, list) else [given]
    return ", ".join(_name(str(name)) for name in names)


def refuse_readers(operation: str, access_key: str, role: str) -> None:
    """Refuses a change to who may only look.

    Raises:
        AccessDeniedError: this key is a reader's.
    """
    if role == READER:
        raise AccessDeniedError(
            f"the access key {access_key} is a reader's: it may look, and {operation} changes something"
        )


def _name(text: str) -> str:
    if not text.startswith("arn:"):
        return text
    resource = text.split(":", 5)[-1]
    return resource.partition("/")[2] or resource
