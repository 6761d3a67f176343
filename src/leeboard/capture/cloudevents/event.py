"""CloudEvents as they come over HTTP: in headers, as one JSON object, or as a list of them."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from leeboard.errors import FormatError

PREFIXES = ("org.kubeflow.serving.inference.", "io.seldon.serving.inference.")
ONE = "application/cloudevents+json"
SEVERAL = "application/cloudevents-batch+json"
JSON = "application/json"
UNCALLED = {"", "application/x-www-form-urlencoded"}
"""Types of payloads that nobody named: curl's default, which KServe's agent passes on, and none."""

Kind = Literal["request", "response"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One side of an exchange.

    Attributes:
        id: the same for both sides.
        kind: which side.
        service: the inference service that logged it, if it says so.
        model: the node of a graph that logged it, if it says so.
    """

    id: str
    kind: Kind
    body: bytes
    content_type: str | None = None
    service: str | None = None
    model: str | None = None


class _Written(msgspec.Struct):
    """An event in JSON."""

    type: str
    id: str
    requestid: str | None = None
    inferenceservicename: str | None = None
    modelid: str | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    data_base64: bytes | None = None


def read_events(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The events of one POST.

    Args:
        headers: with names in lower case.

    Raises:
        FormatError: it is none, or of a type that is no side of an exchange.
    """
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if media_type == ONE:
            return [_of_json(msgspec.json.decode(body, type=_Written))]
        if media_type == SEVERAL:
            return [_of_json(written) for written in msgspec.json.decode(body, type=list[_Written])]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FormatError(f"not a CloudEvent in JSON: {error}") from None
    return [_of_headers(headers, body)]


def _of_headers(headers: Mapping[str, str], body: bytes) -> Event:
    if "ce-type" not in headers or not (event_id := headers.get("ce-requestid") or headers.get("ce-id")):
        raise FormatError(
            f"not a CloudEvent: there must be headers ce-id and ce-type, or the content type {ONE}"
        )
    return Event(
        id=event_id,
        kind=_kind(headers["ce-type"]),
        body=body,
        content_type=_type_of(body, headers.get("content-type")),
        service=headers.get("ce-inferenceservicename"),
        model=headers.get("ce-modelid"),
    )


def _of_json(written: _Written) -> Event:
    event_id = written.requestid or written.id
    if not event_id:
        raise FormatError("a CloudEvent with an empty id: the answer to a request cannot be found by it")
    body = _payload(written)
    return Event(
        id=event_id,
        kind=_kind(written.type),
        body=body,
        content_type=_type_of(body, written.datacontenttype or JSON),
        service=written.inferenceservicename,
        model=written.modelid,
    )


def _payload(written: _Written) -> bytes:
    if written.data_base64 is not None:
        return written.data_base64
    raw = bytes(written.data)
    is_json = "json" in (written.datacontenttype or "json").lower()
    value: Any = None if is_json or not raw else msgspec.json.decode(raw)
    return value.encode() if isinstance(value, str) else raw


def _type_of(body: bytes, content_type: str | None) -> str | None:
    """The content type, or that of JSON if nobody named one and the payload is JSON."""
    if (content_type or "").partition(";")[0].strip().lower() not in UNCALLED:
        return content_type
    try:
        return JSON if isinstance(msgspec.json.decode(body), dict | list) else content_type
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return content_type


def _kind(event_type: str) -> Kind:
    for prefix in PREFIXES:
        match event_type.removeprefix(prefix):
            case "request":
                return "request"
            case "response":
                return "response"
    raise FormatError(
        f"a CloudEvent of type {event_type[:200]!r}; known are request and response behind "
        f"{' or '.join(PREFIXES)}"
    )
