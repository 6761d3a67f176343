"""S3's XML, written and read."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from leeboard.api.s3.answers import Answer
from leeboard.api.s3.refusals import refusal

SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
XML_BYTES = 4 << 20
"""10,000 parts with their checksums, or 1,000 keys of the greatest length, need more than 1 MiB."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def tag(name: str, text: object) -> str:
    """An element with text."""
    return f"<{name}>{written(str(text))}</{name}>"


def around(name: str, inner: Iterable[str]) -> str:
    """An element with elements."""
    return f"<{name}>{''.join(inner)}</{name}>"


def written(text: str) -> str:
    """As S3 does it, also for letters that XML 1.0 has no way to write: ask for encoding-type=url."""
    return _CONTROL.sub(lambda sign: f"&#{ord(sign[0])};", escape(text, {'"': "&quot;"}))


def document(name: str, *inner: str) -> Answer:
    """An answer."""
    text = f'{DECLARATION}<{name} xmlns="{SPACE}">{"".join(inner)}</{name}>'
    return Answer(headers={"content-type": "application/xml"}, body=text.encode("utf-8", "replace"))


def error_document(code: str, message: str, resource: str, request_id: str) -> bytes:
    """S3's errors have no name space."""
    inner = (
        tag("Code", code),
        tag("Message", message),
        tag("Resource", resource),
        tag("RequestId", request_id),
    )
    return (DECLARATION + around("Error", inner)).encode("utf-8", "replace")


def moment(at: datetime) -> str:
    """A time as S3 writes it."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def read(body: bytes, name: str) -> Element:
    """A document whose outermost element is `name`, in any name space or none.

    Raises:
        RefusalError: MalformedXML, also for entities and document types.
    """
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise malformed(f"the body is no XML that can be taken: {error}") from error
    if local_name(root) != name:
        raise malformed(f"the body has <{local_name(root)[:80]}> where <{name}> is wanted")
    return root


def local_name(element: Element) -> str:
    """Without its name space."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    """Those of that name."""
    return [child for child in element if local_name(child) == name]


def text_of(element: Element, name: str) -> str | None:
    """The text in the child of that name; None without one."""
    found = children(element, name)
    return (found[0].text or "") if found else None


def malformed(said: str) -> Exception:
    """The body is not what the operation wants."""
    return refusal("MalformedXML", said)
