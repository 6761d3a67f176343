"""What a state is: a frozen value that adds up over the blocks of a column."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

from leeboard.profile.cells import Cells
from leeboard.roster import Roster


class State(Protocol):
    """A statistic in a form that merges.

    Laws, tested over the whole roster: `zero()` is neutral, `+` is commutative and
    associative, and `of(x followed by y) == of(x) + of(y)`. A sketch is held to the error
    bound that it states instead of to equality.
    """

    @classmethod
    def zero(cls) -> Self: ...

    @classmethod
    def of(cls, cells: Cells) -> Self: ...

    def __add__(self, other: Self) -> Self: ...


@dataclass(frozen=True, slots=True)
class StateEntry:
    """A state by the name under which a column profile holds it.

    Args:
        name: key in `ColumnProfile.states`.
        kind: the class.
        is_exact: whether the laws hold as equalities (up to rounding of sums); otherwise the
            state promises an error bound.
    """

    name: str
    kind: Any
    is_exact: bool = True


STATES = Roster("state", __name__, StateEntry)
