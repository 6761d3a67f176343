"""What the wanted values of a column mean, once all of it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from leeboard.measures.bias.keys import canonical, compared, is_above, is_among, threshold_in
from leeboard.measures.bias.kinds import Kind
from leeboard.measures.bias.question import Value


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some cells of a column: those that are values, or that lie above a threshold.

    Attributes:
        text: as files have it, such as `0` or `(100, 232]`.
        threshold: None for values.
    """

    text: str
    values: tuple[Value, ...] = ()
    threshold: float | None = None

    def holds(self, key: str | None) -> bool:
        """Whether a cell of this key is chosen."""
        if self.threshold is not None:
            return is_above(key, self.threshold)
        return is_among(key, self.values)


class KeyIndex:
    """The keys of a facet, each of which is there once; tells which are chosen without asking all of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys
        self._places: dict[str, list[int]] = {}
        for place, key in enumerate(keys):
            self._places.setdefault(compared(key[1:]) if key.startswith("=") else key, []).append(place)

    def chosen(self, choice: Chosen) -> NDArray[np.bool_]:
        """Whether each key is chosen."""
        if choice.threshold is not None:
            return np.array([choice.holds(key) for key in self.keys], dtype=bool)
        found = np.zeros(len(self.keys), dtype=bool)
        for value in choice.values:
            found[self._places.get(compared(str(canonical(value))), [])] = True
        return found


def above(threshold: Value, kind: Kind) -> Chosen:
    """What is greater than a number, up to the column's maximum."""
    text = f"({canonical(threshold)}, {canonical(kind.maximum)}]"
    return Chosen(text, threshold=float(threshold))


def among(values: Sequence[Value]) -> Chosen:
    """What is one of some values."""
    return Chosen(", ".join(str(canonical(value)) for value in values), tuple(values))


def chosen(
    values: Sequence[Value], kind: Kind | None, *, was_interval: bool | None = None, is_strict: bool = False
) -> list[Chosen]:
    """The groups that wanted values make: each by itself, or what is above a single number.

    Args:
        was_interval: how the baseline took it, which then decides; None if there is none.
    """
    threshold = threshold_in(values)
    if not isnan(threshold) and kind is not None and not kind.has_text:
        is_interval = kind.is_continuous(threshold, is_strict=is_strict)
        if was_interval is not None and not is_strict:
            is_interval = was_interval
        if is_interval:
            return [above(values[0], kind)]
    return [among([value]) for value in values]


def is_interval(text: str) -> bool:
    """Whether a value in a file is an interval.

    >>> is_interval("(100, 232]"), is_interval("0")
    (True, False)
    """
    return text.startswith("(") and text.endswith("]") and "," in text
