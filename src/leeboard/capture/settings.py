"""What is captured of an endpoint's traffic, and where it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from leeboard.capture.encoding import TextTypes
from leeboard.errors import InputError

BOTH = frozenset({"Input", "Output", "InputAndOutput"})
TEXT_TYPES = TextTypes(json=frozenset({"application/json", "application/jsonlines"}))
"""What leeboard's own faces keep as text; AWS leaves all lists to the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """The capture settings of one endpoint.

    Args:
        destination: where the captures of all endpoints are, a path or URI.
        sampling_percentage: how many of 100 requests are kept, each by chance; 0 to 100.
        captures_input: whether requests are written down.
        captures_output: whether answers are written down.
        types: the media types that are kept as text.
        is_on: False captures nothing at all.

    Raises:
        InputError: for a share outside 0 to 100, or no destination.
    """

    destination: str
    sampling_percentage: float = 100.0
    captures_input: bool = True
    captures_output: bool = True
    types: TextTypes = field(default_factory=TextTypes)
    is_on: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.sampling_percentage <= 100:
            raise InputError(f"{self.sampling_percentage} is no percentage to sample; give 0 to 100")
        if not self.destination:
            raise InputError("captures need a destination, as in s3://bucket/captures or a folder")

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """From an AWS DataCaptureConfig; a type that no list names becomes BASE64, so no lists: all do."""
        modes = {option["CaptureMode"] for option in config.get("CaptureOptions") or ()} or BOTH
        lists = config.get("CaptureContentTypeHeader") or {}
        return cls(
            destination=config["DestinationS3Uri"].rstrip("/"),
            sampling_percentage=config.get("InitialSamplingPercentage", 100),
            captures_input=bool(modes & {"Input", "InputAndOutput"}),
            captures_output=bool(modes & {"Output", "InputAndOutput"}),
            types=text_types(lists.get("CsvContentTypes") or (), lists.get("JsonContentTypes") or ()),
            is_on=bool(config.get("EnableCapture", True)),
        )


def text_types(csv_types: Sequence[str], json_types: Sequence[str]) -> TextTypes:
    """The lists as given by a user: capitals do not count."""
    return TextTypes(frozenset(map(_media_type, csv_types)), frozenset(map(_media_type, json_types)))


def _media_type(written: str) -> str:
    return written.partition(";")[0].strip().lower()
