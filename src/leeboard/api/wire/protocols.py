"""The two protocols of AWS that are answered here: JSON by `X-Amz-Target`, and forms with answers in XML."""

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from leeboard.api.auth import Head, Identity
from leeboard.api.wire.bodies import fields_of, json_of
from leeboard.api.wire.decoding import decode
from leeboard.api.wire.encoding import encode
from leeboard.api.wire.failures import form_code, shape_name
from leeboard.api.wire.forms import document_of
from leeboard.api.wire.models import (
    service_by_signing_name,
    service_by_target,
    service_by_version,
    service_model,
)
from leeboard.api.wire.xml import answer_xml, error_xml
from leeboard.service.refusals import RefusalError, UnknownOperationError


@dataclass(frozen=True, slots=True)
class WireResponse:
    """What is sent back."""

    status: int
    headers: dict[str, str]
    body: bytes


class WireProtocol(Protocol):
    """How requests are read and answers written."""

    def operation(self, head: Head, body: bytes, identity: Identity) -> tuple[str, str]:
        """The service and the name of the operation that is asked for."""

    def params(self, service: str, operation: str, head: Head, body: bytes) -> dict[str, Any]:
        """The parameters, checked."""

    def answer(self, service: str, operation: str, answer: dict[str, Any], request_id: str) -> WireResponse:
        """What answers."""

    def refuse(self, service: str | None, refusal: RefusalError, request_id: str) -> WireResponse:
        """What refuses."""


def protocol_of(head: Head) -> WireProtocol:
    """The protocol that a request speaks."""
    if "x-amz-target" in head.headers:
        return JSON
    is_form = head.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return FORM if is_form or head.method == "GET" else JSON


class _Json:
    def operation(self, head: Head, body: bytes, identity: Identity) -> tuple[str, str]:
        prefix, _, operation = head.headers.get("x-amz-target", "").partition(".")
        service = service_by_target(prefix)
        if service is None:
            raise UnknownOperationError(
                f"no service that leeboard answers has the target {prefix[:128]!r}: "
                "X-Amz-Target must be like SageMaker.ListModels"
            )
        return service, operation

    def params(self, service: str, operation: str, head: Head, body: bytes) -> dict[str, Any]:
        return decode(service, operation, json_of(body))

    def answer(self, service: str, operation: str, answer: dict[str, Any], request_id: str) -> WireResponse:
        document = encode(service, operation, answer)
        headers = {"content-type": _json_type(service), "x-amzn-RequestId": request_id}
        return WireResponse(200, headers, msgspec.json.encode(document))

    def refuse(self, service: str | None, refusal: RefusalError, request_id: str) -> WireResponse:
        name = shape_name(service, refusal.code)
        headers = {
            "content-type": _json_type(service),
            "x-amzn-RequestId": request_id,
            "x-amzn-ErrorType": name,
        }
        if service is not None and "awsQueryCompatible" in service_model(service).metadata:
            side = "Sender" if refusal.status < 500 else "Receiver"
            headers["x-amzn-query-error"] = f"{form_code(service, refusal.code)};{side}"
        body = msgspec.json.encode({"__type": name, "message": _encodable(refusal.message)})
        return WireResponse(refusal.status, headers, body)


class _Form:
    def operation(self, head: Head, body: bytes, identity: Identity) -> tuple[str, str]:
        fields = fields_of(head, body)
        service = service_by_signing_name(identity.service) or service_by_version(fields.get("Version", ""))
        if service is None or "Action" not in fields:
            raise UnknownOperationError(
                "the form has no Action and Version of a service that leeboard answers; "
                "requests in JSON need the header X-Amz-Target"
            )
        return service, fields["Action"]

    def params(self, service: str, operation: str, head: Head, body: bytes) -> dict[str, Any]:
        return decode(service, operation, document_of(service, operation, fields_of(head, body)))

    def answer(self, service: str, operation: str, answer: dict[str, Any], request_id: str) -> WireResponse:
        return _xml(200, answer_xml(service, operation, answer, request_id), request_id)

    def refuse(self, service: str | None, refusal: RefusalError, request_id: str) -> WireResponse:
        code = form_code(service, refusal.code)
        text = error_xml(service, code, refusal.message, refusal.status, request_id)
        return _xml(refusal.status, text, request_id)


JSON: WireProtocol = _Json()
FORM: WireProtocol = _Form()


def _json_type(service: str | None) -> str:
    version = service_model(service).metadata.get("jsonVersion", "1.1") if service else "1.1"
    return f"application/x-amz-json-{version}"


def _xml(status: int, text: str, request_id: str) -> WireResponse:
    headers = {"content-type": "text/xml", "x-amzn-RequestId": request_id}
    return WireResponse(status, headers, text.encode())


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
