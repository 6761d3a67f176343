"""What an execution knows when a step begins, and the step's members with that in them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from leeboard.errors import InputError
from leeboard.service.arns import PIPELINE, arn_of
from leeboard.service.pipelines.definition import Definition, Step
from leeboard.service.pipelines.documents import is_larger
from leeboard.service.pipelines.due import Rows
from leeboard.service.pipelines.kept import PipelineExecution
from leeboard.service.pipelines.names import job_name, prefix_of
from leeboard.service.pipelines.resolving import LARGEST_BYTES, Known
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.settings import Settings
from leeboard.storage import read_range

LARGEST_CHARACTERS = 4 * 2**20
"""Of what one step asks for."""
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


def known_by(
    settings: Settings, execution: PipelineExecution, definition: Definition, rows: Rows, now: datetime
) -> Known:
    """The parameters, the variables, and what the steps have found so far."""
    variables = {
        "StartDateTime": execution.created_at.strftime(TIME),
        "CurrentDateTime": now.strftime(TIME),
        "PipelineName": execution.pipeline_name,
        "PipelineArn": arn_of(settings, PIPELINE, execution.pipeline_name),
        "PipelineExecutionId": execution.key,
        "PipelineExecutionArn": execution.arn(settings),
    }
    properties = {name: row.properties for name, row in rows.items() if row.status == "Succeeded"}
    return Known(definition, execution.parameters, variables, properties, _read)


def asked_of(known: Known, step: Step, execution_key: str, attempt: int) -> dict[str, Any]:
    """The fields and arguments of a step with all references replaced.

    Raises:
        InvalidRequestError: one leads to nothing.
    """
    named = {key: known.resolved(value) for key, value in step.arguments.items() if key.endswith("Name")}
    name = job_name(execution_key, step.name, attempt, prefix=prefix_of(named, execution_key, step.type))
    whole = replace(known, variables={**known.variables, "TrainingJobName": name, "ProcessingJobName": name})
    asked = {"fields": whole.resolved(step.fields), "arguments": whole.resolved(step.arguments)}
    if is_larger(asked, LARGEST_CHARACTERS):
        raise InvalidRequestError(f"its arguments have more than {LARGEST_CHARACTERS:,} characters")
    return asked


def _read(uri: str) -> bytes:
    found = read_range(uri, 0, LARGEST_BYTES + 1)
    if len(found) > LARGEST_BYTES:
        raise InputError(f"it has more than {LARGEST_BYTES:,} bytes")
    return found
