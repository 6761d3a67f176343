"""The body of a request, unpacked and read, with bounds on what it may become."""

import zlib
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from leeboard.api.auth import Head
from leeboard.api.wire.faults import MalformedRequestError

MAX_BODY_BYTES = 8 * 2**20
MAX_FIELDS = 20_000


def plain_body(head: Head, body: bytes) -> bytes:
    """The body without compression; boto3 compresses larger metric data."""
    encoding = head.headers.get("content-encoding", "").lower()
    if "gzip" in encoding:
        body = _unpacked(body)
    if len(body) > MAX_BODY_BYTES:
        raise MalformedRequestError(f"the body is larger than {MAX_BODY_BYTES} bytes", status=413)
    return body


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise MalformedRequestError("Content-Encoding says gzip, and the body is not") from None


def json_of(body: bytes) -> Any:
    """The JSON document; an empty body says nothing, which is an object without members."""
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedRequestError(f"the body is no JSON: {error}") from None


def fields_of(head: Head, body: bytes) -> dict[str, str]:
    """The fields of a form, which a GET has in its URL, beside a signature."""
    text = body.decode("utf-8", "replace") or head.query
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise MalformedRequestError(f"the form has more than {MAX_FIELDS} fields") from None
    return {name: value for name, value in pairs if not name.startswith("X-Amz-")}
