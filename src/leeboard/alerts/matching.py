"""Shell patterns by which rules, routes and silences say what they are about."""

import re
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import msgspec

from leeboard.errors import InputError

Patterns = str | list[str]
MOST_ENTRIES = 500
MOST_CHARACTERS = 4096
NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database takes."""
MONITORS = {
    "dataquality": "DataQuality",
    "modelquality": "ModelQuality",
    "bias": "ModelBias",
    "modelbias": "ModelBias",
    "attribution": "ModelExplainability",
    "explainability": "ModelExplainability",
    "modelexplainability": "ModelExplainability",
}
T = TypeVar("T", bound=msgspec.Struct)


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file; a key that nobody knows is refused."""


class Matchers(Part, frozen=True):
    """Shell patterns over names, whatever their case; one that is not given matches everything."""

    rule: Patterns | None = None
    severity: Patterns | None = None
    schedule: Patterns | None = None
    endpoint: Patterns | None = None
    monitor: Patterns | None = None
    feature: Patterns | None = None
    check: Patterns | None = None
    pipeline: Patterns | None = None
    job: Patterns | None = None

    def matches(self, **names: str | None) -> bool:
        """Whether each of these names is matched; the patterns of others are not asked."""
        return all(is_matched(getattr(self, key), name, key) for key, name in names.items())

    def told(self) -> str:
        """In words."""
        given = {key: getattr(self, key) for key in self.__struct_fields__}
        parts = [f"{key} {_joined(value)}" for key, value in given.items() if value is not None]
        return ", ".join(parts) or "everything"


def is_matched(patterns: Patterns | None, name: str | None, key: str = "") -> bool:
    """Whether one of the patterns matches; a name that there is none of is matched by no pattern."""
    if patterns is None:
        return True
    if name is None:
        return False
    wanted = [patterns] if isinstance(patterns, str) else patterns
    if key == "monitor":
        wanted = [MONITORS.get(re.sub("[-_ ]", "", each.lower()), each) for each in wanted]
    return any(fnmatchcase(name.lower(), each.lower()) for each in wanted)


def _joined(value: Patterns) -> str:
    return value if isinstance(value, str) else " or ".join(value)


def converted(document: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise InputError(str(error)) from None


def read_matchers(document: Any) -> Matchers:
    """Matchers from outside; InputError if they cannot be."""
    return converted(bounded(document), Matchers)


def bounded(value: Any) -> Any:
    """As it is, if no text and no list in it is too long.

    Raises:
        InputError: one is.
    """
    if isinstance(value, str) and (len(value) > MOST_CHARACTERS or NO_TEXT.search(value)):
        raise InputError(f"a text has a NUL, half a character, or more than {MOST_CHARACTERS} characters")
    if isinstance(value, dict | list) and len(value) > MOST_ENTRIES:
        raise InputError(f"a list has more than {MOST_ENTRIES} entries")
    for part in (
        (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        bounded(part)
    return value
