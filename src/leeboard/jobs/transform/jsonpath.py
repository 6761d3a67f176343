"""The part of JSONPath that batch transform filters are written in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from leeboard.errors import InputError
from leeboard.formats.source import shown

_STEP = re.compile(r"\.?\[(?P<inside>(?:'[^']*'|\"[^\"]*\"|[^\]'\"])*)\]|\.(?P<name>[^.\[\]'\"?@()\s]+)")
_NAMES = re.compile(r"\s*(?:'[^']+'|\"[^\"]+\")\s*(?:,\s*(?:'[^']+'|\"[^\"]+\")\s*)*")
_NAME = re.compile(r"'([^']+)'|\"([^\"]+)\"")
_PLACE = re.compile(r"\s*(?:(-?\d+)|(-?\d*)\s*:\s*(-?\d*))\s*")
SUPPORTED = "$, .name, ['name', 'name'], [0, -1], [1:3] and the wildcard *"

Place: TypeAlias = int | slice
Names: TypeAlias = tuple[str, ...]
Places: TypeAlias = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class JsonPath:
    """Selects a part of a JSON value; a CSV row is the array of its cells.

    >>> JsonPath.parse("$[0, 2:]").select(["a", "b", "c", "d"])
    ['a', 'c', 'd']
    >>> JsonPath.parse("$['id','out']").select({"id": 7, "age": 40, "out": 0.5})
    {'id': 7, 'out': 0.5}
    """

    text: str = "$"
    steps: tuple[Names | Places | None, ...] = ()

    @classmethod
    def parse(cls, text: str, what: str = "the JSONPath") -> Self:
        """From text; an empty one selects everything.

        Raises:
            InputError: it is not written in the part that is supported.
        """
        if text and not text.startswith("$"):
            raise InputError(f"{what} is {text!r}; it begins with $, as in $[1:] or $.features")
        steps, at = [], 1
        while at < len(text):
            match = _STEP.match(text, at)
            step = _step(match) if match else ()
            if match is None or step == ():
                raise InputError(f"{what} {text!r} cannot be read from {text[at:]!r} on; known: {SUPPORTED}")
            steps.append(step)
            at = match.end()
        return cls(text or "$", tuple(steps))

    @property
    def is_all(self) -> bool:
        """Whether it selects the whole value."""
        return not self.steps

    def select(self, value: Any) -> Any:
        """The selected part; a list if the path may select several.

        Raises:
            InputError: an index or a name is not in the value.
        """
        found = [value]
        for step in self.steps:
            found = [child for one in found for child in self._children(one, step)]
        return found[0] if all(map(_is_single, self.steps)) else found

    def _children(self, value: Any, step: Names | Places | None) -> Iterator[Any]:
        if step is None:
            yield from self._all(value)
        elif isinstance(step[0], str):
            yield self._named(value, step)
        else:
            yield from self._placed(value, step)

    def _all(self, value: Any) -> Iterator[Any]:
        if not isinstance(value, Mapping | list):
            raise self._misfit("a list or an object", value)
        yield from value.values() if isinstance(value, Mapping) else value

    def _named(self, value: Any, names: Names) -> Any:
        if not isinstance(value, Mapping):
            raise self._misfit("an object with names", value)
        missing = [name for name in names if name not in value]
        if missing:
            there = ", ".join(map(str, value)) or "none"
            raise InputError(f"{self.text} selects {missing[0]!r}, which is not there; names there: {there}")
        return value[names[0]] if len(names) == 1 else {name: value[name] for name in names}

    def _placed(self, value: Any, places: Places) -> Iterator[Any]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self._misfit("a list", value)
        for place in places:
            if isinstance(place, slice):
                yield from value[place]
            elif -len(value) <= place < len(value):
                yield value[place]
            else:
                raise InputError(f"{self.text} selects place {place} of {len(value)}: {shown(value)}")

    def _misfit(self, wanted: str, value: Any) -> InputError:
        return InputError(f"{self.text} needs {wanted} and met {shown(value)}")


def _is_single(step: Names | Places | None) -> bool:
    return step is not None and (isinstance(step[0], str) or (len(step) == 1 and isinstance(step[0], int)))


def _step(match: re.Match[str]) -> Names | Places | None:
    """Names, places, None for the wildcard; an empty tuple for what is none of these."""
    name, inside = match["name"], match["inside"]
    if "*" in (name, (inside or "").strip()):
        return None
    if name is not None:
        return (name,)
    if _NAMES.fullmatch(inside):
        return tuple(single or double for single, double in _NAME.findall(inside))
    parts = [_PLACE.fullmatch(part) for part in inside.split(",")]
    return tuple(_place(part) for part in parts if part) if all(parts) else ()


def _place(match: re.Match[str]) -> Place:
    index, start, end = match.groups()
    return int(index) if index else slice(int(start) if start else None, int(end) if end else None)
