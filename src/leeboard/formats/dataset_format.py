"""How the files of a data set are written, in the spelling of job environments and of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from leeboard.errors import FormatError
from leeboard.formats.source import Source, shown

Kind = Literal["csv", "json", "jsonl", "parquet", "capture"]
Position = Literal["START", "END"]
CapturePart = Literal["endpointInput", "endpointOutput"]

CAPTURE_PARTS: tuple[CapturePart, ...] = ("endpointInput", "endpointOutput")
KINDS: dict[str, Kind] = {
    "csv": "csv",
    "json": "json",
    "parquet": "parquet",
    "sagemakerCaptureJson": "capture",
}
"""By the name in job environments; the API begins each with a capital."""
API_OPTIONS = {"Header": "header", "Line": "lines"}
SOURCE = Source("data set format")


@dataclass(frozen=True, slots=True)
class DatasetFormat:
    """What a reader must know about the files before it opens them.

    Args:
        kind: `json` is one document a file, `jsonl` one object a line.
        header: whether the first row of a CSV file holds the names.
        output_columns_position: where the model's output stands, before or after its input.
        capture_index_names: the parts of a capture record to read.

    >>> DatasetFormat.parse('{"csv": {"header": "true"}}') == DatasetFormat("csv", header=True)
    True
    >>> DatasetFormat.parse({"Json": {"Line": True}}).kind
    'jsonl'
    """

    kind: Kind
    header: bool = False
    output_columns_position: Position = "START"
    capture_index_names: tuple[CapturePart, ...] = CAPTURE_PARTS

    @classmethod
    def parse(cls, given: str | Mapping[str, Any]) -> Self:
        """From JSON text or the object in it.

        Raises:
            FormatError: it names no format that leeboard knows, or an option has a wrong value.
        """
        name, options = _only_member(SOURCE.parse(given) if isinstance(given, str) else given)
        kind = _kind(name)
        return cls(
            kind="jsonl" if kind == "json" and options.lines else kind,
            header=options.header,
            output_columns_position=options.output_columns_position,
            capture_index_names=options.captureIndexNames or CAPTURE_PARTS,
        )


class _Options(BaseModel):
    model_config = ConfigDict(defer_build=True)

    header: bool = False
    lines: bool = False
    output_columns_position: Position = "START"
    captureIndexNames: tuple[CapturePart, ...] = ()  # noqa: N815


def _only_member(document: Any) -> tuple[str, _Options]:
    if not isinstance(document, Mapping) or len(document) != 1:
        raise SOURCE.error(f'{shown(document)}; expected an object with one key, as {{"csv": {{}}}}')
    ((name, options),) = document.items()
    if not isinstance(options, Mapping):
        raise SOURCE.error(f"{name} is {shown(options)}; expected an object")
    named = {API_OPTIONS.get(key, key): value for key, value in options.items()}
    return name, SOURCE.fit(_Options, named)


def _kind(name: str) -> Kind:
    kind = KINDS.get(name[:1].lower() + name[1:])
    if kind is None:
        raise _unknown(name)
    return kind


def _unknown(name: str) -> FormatError:
    near = get_close_matches(name, KINDS, n=1)
    hint = f", did you mean {near[0]!r}?" if near else "."
    return SOURCE.error(f"no format named {name!r}{hint} Known: {', '.join(KINDS)}")
