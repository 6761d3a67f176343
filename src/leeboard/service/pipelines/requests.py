"""What a step asks for, held against AWS's model of the operation."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from leeboard.service.pipelines.steps import StepRun
from leeboard.service.refusals import InvalidRequestError


def request_of(operation: str, run: StepRun, **named: str) -> dict[str, Any]:
    """The arguments of a step as the operation takes them.

    Args:
        operation: such as `CreateProcessingJob`.
        named: members that the step does not say.

    Raises:
        InvalidRequestError: they break the operation's model.
    """
    return checked(operation, {**run.arguments, **named})


def checked(operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A request without the members that are null.

    Raises:
        InvalidRequestError: it breaks the operation's model.
    """
    from botocore.validate import ParamValidator

    request: dict[str, Any] = _without_null(given)
    shape = _shape(operation)
    needed = set(shape.required_members)
    name = next((each for each in needed if each.endswith("JobName")), None)
    whole = request if name is None or name in request else {**request, name: "named-later"}
    report = ParamValidator().validate(whole, shape)
    if report.has_errors():
        raise InvalidRequestError(
            f"the arguments are not as {operation} takes them: {report.generate_report()}"
        )
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
