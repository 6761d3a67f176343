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

    def write(self, raw: bytes, content_type: str | None) -> tuple[Encoding, str]:
        """The encoding and the text of a payload; what is not UTF-8 becomes base64 whatever its type."""
        encoding = self.encoding_of(content_type)
        if encoding != "BASE64":
            try:
                return encoding, raw.decode()
            except UnicodeDecodeError:
                pass
        return "BASE64", b64encode(raw).decode()


def event_data(
    payload: str | bytes, content_type: str | None, mode: Mode, types: TextTypes | None = None
) -> EventData:
    """One side of a capture record; a payload that is not UTF-8 becomes base64 whatever its type."""
    raw = payload.encode() if isinstance(payload, str) else payload
    encoding, text = (types or TextTypes()).write(raw, content_type)
    return EventData(mode=mode, data=text, encoding=encoding, observedContentType=content_type)
