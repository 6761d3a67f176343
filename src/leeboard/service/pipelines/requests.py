"""What a step asks for, read and checked as if it had come as a request."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from leeboard.service.pipelines.attempts import StepRun
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.service import Service


def request_of(operation: str, run: StepRun, **named: str) -> dict[str, Any]:
    """The arguments of a step as the operation takes them, with the name of this attempt.

    Args:
        operation: such as `CreateProcessingJob`.
        named: members that the step does not say.

    Raises:
        RefusalError: they break the operation's model.
    """
    name = {NAMES[operation]: run.job_name()} if operation in NAMES else {}
    return checked(run.service, operation, {**run.arguments, **name, **named})


NAMES = {
    "CreateProcessingJob": "ProcessingJobName",
    "CreateTransformJob": "TransformJobName",
    "CreateTrainingJob": "TrainingJobName",
    "CreateModel": "ModelName",
}


def checked(service: Service, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A request without the members that are null.

    Raises:
        RefusalError: it breaks the operation's model.
    """
    request: dict[str, Any] = _without_null(given)
    return (service.read_request or _by_model)(operation, request)


def _by_model(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Where no API runs: types and what is required."""
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(request, _shape(operation))
    if report.has_errors():
        raise InvalidRequestError(f"not as {operation} takes it: {report.generate_report()}")
    return request


def _without_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_null(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_null(each) for each in value]
    return value


@cache
def _shape(operation: str) -> Any:
    from botocore.session import get_session

    model = get_session().get_service_model("sagemaker")
    return model.operation_model(operation).input_shape
