"""Which code each service has for what is refused."""

from leeboard.api.wire.models import error_names
from leeboard.errors import InputError
from leeboard.service.refusals import InvalidRequestError, RefusalError

_IN_FORMS = {
    "ValidationException": "ValidationError",
    "UnknownOperationException": "InvalidAction",
    "SerializationException": "MalformedInput",
}
_IN_SERVICES = {("logs", "ValidationException"): "InvalidParameterException"}


def refusal_of(error: Exception) -> RefusalError:
    """What a client is told about an error; nothing of our inside."""
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, InputError):
        return InvalidRequestError(str(error))
    return RefusalError(
        "leeboard failed on this request; its log has the reason under the request id",
        code="InternalFailure",
        status=500,
    )


def shape_name(service: str | None, code: str) -> str:
    """The name of an error in JSON, by which clients have a class for it."""
    return _names(service, code)[0]


def form_code(service: str | None, code: str) -> str:
    """The code of an error in XML, which may differ from its name."""
    name, form = _names(service, code)
    return _IN_FORMS.get(code, form) if name == form == code else form


def _names(service: str | None, code: str) -> tuple[str, str]:
    if service is None:
        return code, code
    code = _IN_SERVICES.get((service, code), code)
    known = error_names(service)
    return known.get(code) or known.get(f"{code}Exception") or (code, code)
