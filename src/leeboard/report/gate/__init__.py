"""What a check tells to a CI, one output format a module."""

from collections.abc import Callable
from dataclasses import dataclass

from leeboard.report.gate.judgement import Judgement
from leeboard.roster import Roster


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file or output that a CI reads.

    Args:
        name: as messages call it.
        render: the whole text; names and values of the data in it are strangers' and are escaped.
    """

    name: str
    render: Callable[[Judgement], str]


FORMATS = Roster("gate format", __name__, Format)
