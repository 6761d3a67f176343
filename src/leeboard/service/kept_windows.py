"""What charts, rules and numbers for others read of a kept summary, some hundreds at a time.

Structs decode several times as fast as the models of the summary, which were checked when it was kept. They
are made of those models, so that a member stands in one place.
"""

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Any, get_args, get_origin

import msgspec
from pydantic.fields import FieldInfo

from leeboard.errors import FormatError
from leeboard.formats.summary import FeatureColumns, Summary, SummaryPart
from leeboard.service.packed_summaries import REST, text_of

MEMBERS = (
    "n_rows", "n_malformed", "n_violations", "measures", "bias", "attributions", "scores", "merge",
)  # fmt: skip
"""Of a summary; all others are passed over."""


@cache
def struct_of(part: type[SummaryPart], members: tuple[str, ...] = ()) -> type[msgspec.Struct]:
    """A struct with members of a part, all if none are named, with their types and defaults."""
    fields = [_field(name, part.model_fields[name]) for name in members or part.model_fields]
    return msgspec.defstruct(part.__name__, fields, kw_only=True, gc=False)


def _field(name: str, of: FieldInfo) -> Any:
    if of.is_required():
        return name, _type(of.annotation)
    factory: Any = of.default_factory
    default = msgspec.field(default_factory=factory) if factory else of.default
    return name, _type(of.annotation), default


def _type(annotation: Any) -> Any:
    """The same with structs in place of parts."""
    inner = tuple(map(_type, get_args(annotation)))
    if isinstance(annotation, UnionType):
        return reduce(or_, inner)
    if inner:
        return get_origin(annotation)[inner]
    is_part = isinstance(annotation, type) and issubclass(annotation, SummaryPart)
    return struct_of(annotation) if is_part else annotation


_WINDOW = msgspec.json.Decoder(struct_of(Summary, MEMBERS))
_VIOLATIONS = msgspec.json.Decoder(struct_of(Summary, ("violations",)))
_COLUMNS = {
    name: msgspec.json.Decoder(field.annotation) for name, field in FeatureColumns.model_fields.items()
}


def window_of(pieces: Mapping[str, bytes]) -> Any:
    """A struct with the `MEMBERS` of a summary.

    Raises:
        FormatError: another version of leeboard kept something else, or it is damaged.
    """
    return _decoded(_WINDOW, pieces, REST)


def violations_of(pieces: Mapping[str, bytes]) -> list[Any]:
    """Structs with the members of `SeenViolation`.

    Raises:
        FormatError: as of `window_of`.
    """
    found: list[Any] = _decoded(_VIOLATIONS, pieces, REST).violations
    return found


def column_of(pieces: Mapping[str, bytes], column: str) -> list[Any]:
    """One column of features; none where nobody knew a value.

    Raises:
        FormatError: it is damaged.
    """
    return _decoded(_COLUMNS[column], pieces, column) if column in pieces else []


def _decoded(decoder: msgspec.json.Decoder[Any], pieces: Mapping[str, bytes], name: str) -> Any:
    try:
        return decoder.decode(text_of(pieces[name]))
    except KeyError:
        raise FormatError("no summary as this version keeps them: it has columns of features alone") from None
    except msgspec.MsgspecError as error:
        raise FormatError(f"a damaged summary: {error}") from None
