"""Writes what an operation gives as XML, which AWS's older services answer with."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from leeboard.api.wire.models import operation_model, service_model

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer_xml(service: str, operation: str, answer: dict[str, Any], request_id: str) -> str:
    """The document that answers an operation."""
    shape = operation_model(service, operation).output_shape
    result = ""
    if shape is not None:
        result = _element(shape, answer, shape.serialization.get("resultWrapper", f"{operation}Result"))
    return (
        f'<{operation}Response xmlns="{_namespace(service)}">{result}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )


def error_xml(service: str | None, code: str, message: str, status: int, request_id: str) -> str:
    """The document that refuses."""
    side = "Sender" if status < 500 else "Receiver"
    return (
        f'<ErrorResponse xmlns="{_namespace(service)}"><Error><Type>{side}</Type><Code>{_text(code)}</Code>'
        f"<Message>{_text(message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _namespace(service: str | None) -> str:
    return str(service_model(service).metadata.get("xmlNamespace", "")) if service else ""


def _element(shape: Any, value: Any, tag: str) -> str:
    return f"<{tag}>{_content(shape, value)}</{tag}>"


def _content(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        members = shape.members.items()
        return "".join(_element(m, value[k], k) for k, m in members if value.get(k) is not None)
    if shape.type_name == "list":
        return "".join(_element(shape.member, item, "member") for item in value)
    if shape.type_name == "map":
        entries = (
            _element(shape.key, k, "key") + _element(shape.value, v, "value") for k, v in value.items()
        )
        return "".join(f"<entry>{entry}</entry>" for entry in entries)
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> str:
    if kind == "timestamp":
        return _time(value)
    if kind == "blob":
        return b64encode(value).decode()
    return _text("true" if value is True else "false" if value is False else str(value))


def _time(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone in an answer: {at}")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("�", text))
