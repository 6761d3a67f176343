"""The features of many windows as aligned lists: of hundreds of windows of a thousand features, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leeboard.service.kept_windows import column_of
from leeboard.service.packed_summaries import NAME

NUMBERS = (
    "distance", "limit", "use", "completeness", "n_violations", "is_drifted", "mean", "std_dev", "n_distinct",
    "minimum", "maximum",
)  # fmt: skip
"""Columns of features that a history has."""
Pieces = Mapping[str, bytes]
"""Columns of one window as they are kept; none of a window without a summary."""


@dataclass(frozen=True, slots=True)
class FeatureHistory:
    """One feature over the windows; `numbers` by the names in `NUMBERS`."""

    name: str
    type: str | None
    numbers: dict[str, list[Any]]

    def __getitem__(self, column: str) -> list[Any]:
        return self.numbers[column]


def feature_histories(read: Sequence[Pieces], columns: Sequence[str]) -> dict[str, FeatureHistory]:
    """Windows usually have the same features in one order: then each column is turned around as a whole."""
    own = _names(read)
    different = {id(each): each for each in reversed(own)}.values()
    names = list(dict.fromkeys(name for each in different for name in each))
    places = [None if each == names else _places(each, names) for each in own]
    numbers: list[dict[str, list[Any]]] = [{} for _ in names]
    for column in columns:
        rows = (
            _aligned(column_of(one, column), at, len(names)) for one, at in zip(read, places, strict=True)
        )
        for of, values in zip(numbers, zip(*rows, strict=True), strict=False):
            of[column] = list(values)
    types = _latest_types(read, own)
    return {name: FeatureHistory(name, types.get(name), of) for name, of in zip(names, numbers, strict=True)}


def _names(read: Sequence[Pieces]) -> list[list[str]]:
    """Of each window; windows of the same features share one list."""
    known: dict[bytes, list[str]] = {}
    found = []
    for one in read:
        piece = one.get(NAME, b"[]")
        if piece not in known:
            known[piece] = column_of(one, NAME)
        found.append(known[piece])
    return found


def _places(own: list[str], names: list[str]) -> list[int]:
    """Where each name stands in the window, -1 for nowhere."""
    at = {name: i for i, name in enumerate(own)}
    return [at.get(name, -1) for name in names]


def _aligned(values: list[Any], places: list[int] | None, n: int) -> list[Any]:
    if not values:
        return [None] * n
    if places is None:
        return values
    padded = [*values, None]
    return [padded[i] for i in places]


def _latest_types(read: Sequence[Pieces], own: list[list[str]]) -> dict[str, str]:
    """A feature that is gone has the type that it had."""
    types: dict[str, str] = {}
    seen: set[tuple[int, bytes]] = set()
    for one, names in zip(reversed(read), reversed(own), strict=True):
        piece = one.get("type", b"")
        if piece and (id(names), piece) not in seen:
            seen.add((id(names), piece))
            found = zip(names, column_of(one, "type"), strict=True)
            types = {name: kind for name, kind in found if kind} | types
    return types
