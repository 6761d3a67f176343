"""An analysis that sees some of the columns, while others that run with it see more."""

from collections.abc import Sequence
from typing import Any

from leeboard.errors import InputError
from leeboard.monitors import Analysis, Result
from leeboard.tables import Block
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY


class Narrowed:
    """Another analysis, over these columns and the parts of a record alone, in this order."""

    def __init__(self, analysis: Analysis, columns: Sequence[str]) -> None:
        self._analysis = analysis
        self._columns = list(columns)

    def reading(self, options: ReadOptions) -> ReadOptions:
        """As the other analysis wishes."""
        return self._analysis.reading(options)

    def zero(self) -> Any:
        return self._analysis.zero()

    def of(self, block: Block) -> Any:
        """The other's state of the block.

        Raises:
            InputError: a column is not there.
        """
        frame = block.frame
        if not frame.width:
            return self._analysis.of(block)
        if missing := [name for name in self._columns if name not in frame.columns]:
            raise InputError(f"no column {', '.join(missing)} in the data; there: {', '.join(frame.columns)}")
        parts = [name for name in (LABEL, PREDICTION, PROBABILITY) if name in frame.columns]
        return self._analysis.of(Block(frame.select(*self._columns, *parts), block.tally))

    def conclude(self, state: Any) -> Result:
        return self._analysis.conclude(state)
