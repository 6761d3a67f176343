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


def file_of(given: Mapping[str, Any]) -> Reference | None:
    """The property file that a JsonGet reads; None for one that says the place of an object.

    Raises:
        InvalidRequestError: it says neither.
    """
    if given.get("S3Uri") is not None:
        return None
    named = given.get("PropertyFile")
    text = named.get(GET) if isinstance(named, Mapping) else named
    reference = reference_of(text) if isinstance(text, str) else None
    if reference is None or not reference.is_file:
        raise InvalidRequestError(
            f"{JSON_GET} reads a PropertyFile, Steps.NAME.PropertyFiles.NAME, or an S3Uri, not {named!r:.100}"
        )
    return reference


def json_path_of(given: Mapping[str, Any]) -> Path:
    """What of its document a JsonGet reads.

    Raises:
        InvalidRequestError: it does not say, or not as a path.
    """
    text = given.get("Path")
    if not isinstance(text, str):
        raise InvalidRequestError(f"{JSON_GET} needs a Path, not {text!r:.100}")
    return path_of(text.removeprefix("$"))


def values_of_join(given: Mapping[str, Any]) -> list[Any] | Mapping[str, Any]:
    """What a Join puts together: a list, or what stands for one.

    Raises:
        InvalidRequestError: it is neither.
    """
    values = given.get("Values") or []
    if not isinstance(values, (list, Mapping)):
        raise InvalidRequestError(f"{JOIN} needs Values, a list, not {values!r:.100}")
    return values


def references_in(value: Any) -> Iterator[Reference]:
    """All of them, at any depth.

    Raises:
        InvalidRequestError: what looks like a reference or function is none.
    """
    function = function_of(value)
    if function is not None:
        yield from _references_of(*function)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from references_in(each)


def _references_of(name: str, given: Any) -> Iterator[Reference]:
    if name == GET:
        yield reference_of(given)
    elif name == JOIN:
        yield from references_in(given.get("On"))
        yield from references_in(values_of_join(given))
    else:
        json_path_of(given)
        file = file_of(given)
        yield from references_in(given["S3Uri"]) if file is None else [file]


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
