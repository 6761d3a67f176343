"""References in a definition: what they look like, and which values a text of names leads to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leeboard.service.refusals import InvalidRequestError

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"
FUNCTIONS = (JOIN, JSON_GET)
PROPERTY_FILES = "PropertyFiles"
_TOKEN = re.compile(r"""\.?([^.\[\]'"]+)|\[(\d{1,9})\]|\['([^'\]]*)'\]|\["([^"\]]*)"\]""")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One `Get`.

    Attributes:
        kind: `Parameters`, `Execution`, `Steps` or `PipelineExperimentConfig`.
        name: of the parameter, variable or step.
        path: what of it; only steps have that.
    """

    kind: str
    name: str
    path: Path
    text: str

    @property
    def is_file(self) -> bool:
        """Whether it names a property file."""
        return self.kind == "Steps" and self.path[:1] == (PROPERTY_FILES,)


KINDS = ("Parameters", "Execution", "Steps", "PipelineExperimentConfig")


def reference_of(text: str) -> Reference:
    """Read what is in a `Get`.

    Raises:
        InvalidRequestError: it is none.
    """
    kind, _, rest = text.partition(".")
    path = path_of(rest) if rest else ()
    if kind not in KINDS or not path or (kind != "Steps" and len(path) > 1):
        raise InvalidRequestError(f"{text!r} is no reference; expected one of {'.NAME, '.join(KINDS)}.NAME")
    return Reference(kind, str(path[0]), path[1:], text)


def path_of(text: str) -> Path:
    """Names and places as in `a.b[0]['c d']`.

    Raises:
        InvalidRequestError: it is no such text.
    """
    found: list[str | int] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise InvalidRequestError(f"{text!r} cannot be read from {text[at : at + 20]!r} on")
        name, place, quoted, double = token.groups()
        found.append(int(place) if place is not None else next(
            each for each in (name, quoted, double) if each is not None))  # fmt: skip
        at = token.end()
    return tuple(found)


def function_of(value: Any) -> tuple[str, Any] | None:
    """The reference or function that a value stands for, with what it is given; None for a plain value."""
    if isinstance(value, Mapping) and len(value) == 1:
        name, given = next(iter(value.items()))
        if name == GET and isinstance(given, str):
            return name, given
        if name.startswith("Std:"):
            if name not in FUNCTIONS or not isinstance(given, Mapping):
                raise InvalidRequestError(
                    f"there is no function {name} of {given!r:.100}; known: {FUNCTIONS}"
                )
            return name, given
    return None


def references_in(value: Any) -> Iterator[Reference]:
    """All of them, at any depth."""
    function = function_of(value)
    if function and function[0] == GET:
        yield reference_of(function[1])
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from references_in(each)


def value_at(value: Any, path: Path, text: str) -> Any:
    """What is at a path.

    A name goes into a list, too: to the member of it that has this name, as `Outputs['metrics']` does.

    Raises:
        InvalidRequestError: nothing is there; says what is there instead.
    """
    for place, key in enumerate(path):
        found = _member(value, key)
        if found is None:
            there = ", ".join(_names(value)) or type(value).__name__
            reached = ".".join(map(str, path[:place])) or "the top"
            raise InvalidRequestError(
                f"{text} leads to nothing: at {reached} there is no {key!r}, but {there}"
            )
        value = found[0]
    return value


def _member(value: Any, key: str | int) -> tuple[Any] | None:
    if isinstance(value, Mapping):
        return (value[key],) if key in value else None
    if isinstance(value, list) and isinstance(key, int):
        return (value[key],) if key < len(value) else None
    if isinstance(value, list):
        for each in value:
            if isinstance(each, Mapping) and key in (each[name] for name in each if name.endswith("Name")):
                return (each,)
    return None


def _names(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(name) for name in value][:20]
    return [f"a list of {len(value)}"] if isinstance(value, list) else []
