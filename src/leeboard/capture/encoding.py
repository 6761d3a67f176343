"""How a payload is written into a capture record: as text or as base64, by its content type."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Literal

from leeboard.formats.capture import EventData

Mode = Literal["INPUT", "OUTPUT"]
Encoding = Literal["CSV", "JSON", "BASE64"]


@dataclass(frozen=True, slots=True)
class TextTypes:
    """The media types whose payloads are captured as text; all others become base64.

    >>> TextTypes().encoding_of("text/csv; charset=utf-8"), TextTypes().encoding_of("image/png")
    ('CSV', 'BASE64')
    """

    csv: frozenset[str] = frozenset({"text/csv"})
    json: frozenset[str] = frozenset({"application/json"})

    def encoding_of(self, content_type: str | None) -> Encoding:
        """Decided by the media type alone; no content type at all gives BASE64."""
        media_type = (content_type or "").partition(";")[0].strip().lower()
        if media_type in self.csv:
            return "CSV"
        return "JSON" if media_type in self.json else "BASE64"


def event_data(
    payload: str | bytes, content_type: str | None, mode: Mode, types: TextTypes | None = None
) -> EventData:
    """One side of a capture record; a payload that is not UTF-8 becomes base64 whatever its type."""
    raw = payload.encode() if isinstance(payload, str) else payload
    encoding = (types or TextTypes()).encoding_of(content_type)
    text = None if encoding == "BASE64" else _as_text(raw)
    if text is None:
        encoding, text = "BASE64", b64encode(raw).decode()
    return EventData(mode=mode, data=text, encoding=encoding, observedContentType=content_type)


def _as_text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
