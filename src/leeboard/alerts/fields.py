"""The settings of a sink as a form asks for them, and what somebody typed as settings again."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from msgspec import NODEFAULT, inspect

from leeboard.alerts import SINKS, Field, Sink
from leeboard.alerts.matching import MOST_CHARACTERS
from leeboard.alerts.secrets import HIDDEN, OPEN, REFERENCE, forbidden

Shape = Literal["text", "covered", "choice", "number", "flag", "pairs", "lines", "json"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One setting of a kind of sink.

    Attributes:
        field: what the sink says of it.
        shape: how its value is typed: `pairs` and `lines` stand one a line.
        is_needed: whether there is no sink without it.
        is_plain: whether it may be shown.
        choices: of a `choice`.
        default: what it is if nothing is typed, where that is a text.
    """

    field: Field
    shape: Shape
    is_needed: bool
    is_plain: bool
    choices: tuple[str, ...] = ()
    default: str = ""

    @property
    def name(self) -> str:
        return self.field.name

    def is_kept(self, before: Mapping[str, Any]) -> bool:
        """Whether there is a value that a form does not show, which stays if nothing is typed.

        Args:
            before: the settings as they may be shown; none of a new sink.
        """
        known = before.get(self.name)
        return known == HIDDEN or (known is not None and self.shape == "covered")

    def text(self, before: Mapping[str, Any]) -> str:
        """What stands in the field."""
        known = before.get(self.name)
        if known is None or self.is_kept(before):
            return self.default if known is None else ""
        if self.shape == "pairs":
            return "\n".join(f"{name}: {value}" for name, value in known.items())
        if self.shape == "lines":
            return "\n".join(known)
        return known if isinstance(known, str) else json.dumps(known)


def offered() -> list[Sink]:
    """The kinds that may be made while a server runs."""
    return [sink for sink in SINKS if not sink.is_file_only]


def asked_of(sink: Sink) -> tuple[Asked, ...]:
    """What a form for one asks, in the order of the settings."""
    declared = {field.name: field for field in sink.fields}
    found = inspect.type_info(sink.settings)
    assert isinstance(found, inspect.StructType)  # noqa: S101 - settings are structs
    return tuple(_asked(each, declared.get(each.encode_name), sink) for each in found.fields)


def _asked(told: inspect.Field, declared: Field | None, sink: Sink) -> Asked:
    name, is_plain = told.encode_name, told.encode_name in sink.plain
    field = declared or Field(name, name.replace("_", " ").capitalize(), is_covered=not is_plain)
    kind = _without_none(told.type)
    choices = tuple(map(str, kind.values)) if isinstance(kind, inspect.LiteralType) else ()
    default = "" if told.default in (NODEFAULT, None) else told.default
    text = default if isinstance(default, str) else json.dumps(default)
    return Asked(field, _shape(kind, field), told.required, is_plain, choices, text)


def _without_none(kind: inspect.Type) -> inspect.Type:
    if not isinstance(kind, inspect.UnionType):
        return kind
    others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    return others[0] if len(others) == 1 else kind


def _shape(kind: inspect.Type, field: Field) -> Shape:
    match kind:
        case inspect.StrType():
            return "covered" if field.is_covered else "text"
        case inspect.LiteralType():
            return "choice"
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case inspect.BoolType():
            return "flag"
        case inspect.DictType(key_type=inspect.StrType(), value_type=inspect.StrType()):
            return "pairs"
        case inspect.ListType(item_type=inspect.StrType()):
            return "lines"
    return "json"


def read_settings(
    asked: tuple[Asked, ...],
    given: Mapping[str, str],
    before: Mapping[str, Any],
    dropped: tuple[str, ...] = (),
) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings as they are kept, and what is wrong by name of the setting.

    Args:
        given: what was typed; a secret that was not, stays as it was.
        before: the settings of the sink as they may be shown.
        dropped: names of secrets that are not to stay.
    """
    settings: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for each in asked:
        text = given.get(each.name, "")
        try:
            if text or each.shape == "flag":
                settings[each.name] = _value(each, text)
            elif each.is_kept(before) and each.name not in dropped:
                settings[each.name] = HIDDEN
            elif each.is_needed:
                errors[each.name] = f"{each.field.label} is missing"
        except ValueError as error:
            errors[each.name] = str(error)
    return settings, errors


def _value(asked: Asked, text: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it has {len(text):,} characters; at most {MOST_CHARACTERS:,} are taken")
    if named := forbidden(text):
        raise ValueError(
            f"it names {named[0]}, which only the server's alerts file may; here begins a name with {OPEN}"
        )
    if asked.field.pattern and not REFERENCE.search(text) and not re.fullmatch(asked.field.pattern, text):
        raise ValueError(f"expected such as {asked.field.example}")
    match asked.shape:
        case "pairs":
            return _pairs(text)
        case "lines":
            return text.split("\n")
        case "flag":
            return bool(text)
        case "number" | "json":
            return _json(asked, text)
        case "choice" if text not in asked.choices:
            raise ValueError(f"{text[:30]!r} is none of the choices")
    return text


def _pairs(text: str) -> dict[str, str]:
    """Names and values that colons stand between, one pair a line."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not (name and colon and value):
            raise ValueError("a line is not like Name: value")
        if name in found:
            raise ValueError(f"{name[:40]} stands there twice")
        found[name] = value
    return found


def _json(asked: Asked, text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("expected a number" if asked.shape == "number" else "expected JSON") from None
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if asked.shape == "number" and not is_number:
        raise ValueError("expected a number")
    return value
