"""Prometheus's text form: families of series, each at most so many."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import isinf, isnan

MOST_TEXT = 256
"""Characters of a label's value: names of features come from outside."""
RANKS = ("urgent", "calm")
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Series of one name.

    Attributes:
        kind: `gauge`, `counter` or `histogram`.
        text: what it is, for people.
    """

    name: str
    kind: str
    text: str
    labels: tuple[str, ...] = ()

    def head(self) -> str:
        return f"# HELP {self.name} {self.text}\n# TYPE {self.name} {self.kind}\n"

    def key(self, *values: str) -> str:
        """The labels of one series; no value is longer than `MOST_TEXT`."""
        return ",".join(f'{name}="{escaped(value)}"' for name, value in zip(self.labels, values, strict=True))


def escaped(value: str) -> str:
    """A label's value as it stands between quotes."""
    return value[:MOST_TEXT].translate(_ESCAPES)


def shown(value: float) -> str:
    """A number in Prometheus's spelling."""
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))


def histogram(
    family: Family, values: Sequence[str], bounds: Sequence[float], up_to: Sequence[float], total: float
) -> Iterator[str]:
    """The lines of one histogram.

    Args:
        up_to: how many are no greater than each bound, and last how many there are.
    """
    key = family.key(*values)
    for bound, n in zip((*bounds, float("inf")), up_to, strict=True):
        yield f'{family.name}_bucket{{{key},le="{shown(bound)}"}} {shown(n)}\n'
    yield f"{family.name}_sum{{{key}}} {shown(total)}\n"
    yield f"{family.name}_count{{{key}}} {shown(up_to[-1])}\n"


class Room:
    """How many series of each family may be kept in memory by many together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used: Counter[tuple[str, Family]] = Counter()

    def takes(self, rank: str, family: Family) -> bool:
        return self._used[rank, family] < self._most

    def enter(self, rank: str, family: Family) -> None:
        self._used[rank, family] += 1

    def leave(self, series: "Series") -> None:
        """They are gone, and others have their room."""
        for rank in RANKS:
            for family, lines in getattr(series, rank).items():
                self._used[rank, family] -= len(lines)


@dataclass(slots=True)
class Series:
    """Series of some families as they gather; those that tell of trouble come before others.

    Attributes:
        room: what is kept at most; None for no limit.
        urgent, calm: lines by family and labels; a second one of the same labels is left out, as Prometheus
            refuses a whole answer for one double.
        n_left_out: how many had no room, by family.
    """

    room: Room | None = None
    urgent: dict[Family, dict[str, str]] = field(default_factory=dict)
    calm: dict[Family, dict[str, str]] = field(default_factory=dict)
    n_left_out: Counter[Family] = field(default_factory=Counter)

    def has_room(self, family: Family) -> bool:
        """Whether one that tells of no trouble would be kept."""
        return self.room is None or self.room.takes("calm", family)

    def add(
        self, family: Family, values: Sequence[str], number: float | None, *, is_urgent: bool = False
    ) -> None:
        """One number; None is left out."""
        rank = RANKS[not is_urgent]
        if number is None:
            return
        if self.room is not None and not self.room.takes(rank, family):
            self.n_left_out[family] += 1
            return
        self.put(family, family.key(*values), number, is_urgent=is_urgent)

    def put(self, family: Family, key: str, number: float, *, is_urgent: bool = False) -> None:
        """One number by the text of its labels."""
        kept, other = (self.urgent, self.calm) if is_urgent else (self.calm, self.urgent)
        lines = kept.setdefault(family, {})
        if key in lines or key in other.get(family, ()):
            return
        name = f"{family.name}{{{key}}}" if key else family.name
        lines[key] = f"{name} {shown(number)}\n"
        if self.room is not None:
            self.room.enter(RANKS[not is_urgent], family)


def written(
    families: Iterable[Family], gathered: Sequence[Series], most: int, dropped: dict[str, int]
) -> Iterator[str]:
    """The text of the families; how many series of each are left out is written into `dropped`."""
    for family in families:
        lines: list[str] = []
        n_all = sum(series.n_left_out[family] for series in gathered)
        for rank in RANKS:
            for series in gathered:
                found: Mapping[str, str] | None = getattr(series, rank).get(family)
                if found:
                    n_all += len(found)
                    lines.extend(islice(found.values(), max(0, most - len(lines))))
        if n_all > most:
            dropped[family.name] = n_all - len(lines)
        if lines:
            yield family.head() + "".join(lines)
