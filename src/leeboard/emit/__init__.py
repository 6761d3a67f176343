"""How numbers leave the house; one emitter a module.

An emitter opens a way to one metric store; what it gives back sends points there, or says why it could not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from leeboard.roster import Roster


class NotSentError(Exception):
    """Points did not arrive.

    Args:
        is_final: whether the store will never take them.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Point:
    """One emitted metric: a value, or several in one.

    Attributes:
        dimensions: names and values as AWS has them.
        unit: as CloudWatch writes it.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    at: datetime
    sample_count: float
    sum: float
    minimum: float
    maximum: float
    unit: str = "None"

    @property
    def average(self) -> float:
        return self.sum / self.sample_count

    @property
    def is_set(self) -> bool:
        """Whether it stands for several values."""
        return self.sample_count != 1


Send = Callable[[Sequence[Point]], None]
"""Sends points of one namespace, all of them or none; raises NotSentError."""


@dataclass(frozen=True, slots=True)
class Emitter:
    """One way out.

    Args:
        name: by which it is chosen.
        open: opens the way to a place; without one, to where the emitter's own variables say.
    """

    name: str
    open: Callable[[str | None], Send]


EMITTERS = Roster("emitter", __name__, Emitter)
