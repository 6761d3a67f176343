"""What a job prints, line by line and within bounds."""

from collections import deque

from leeboard.jobs.runners.order import Log
from leeboard.jobs.scripts.channel import LineLog

MAX_LINES = 20_000
MAX_LINE = 16_384
"""Characters."""
_KEPT = 20


class OutputLog:
    """Hands lines on until there are too many, and keeps the last for a failure text."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lines = LineLog(self._take)
        self._n = 0
        self._last: deque[str] = deque(maxlen=_KEPT)

    def feed(self, piece: bytes) -> None:
        """What came through the pipe."""
        self._lines.feed(piece)

    def finish(self) -> None:
        """Nothing more comes."""
        self._lines.finish()
        if self._n > MAX_LINES:
            self._log(f"{self._n - MAX_LINES} more lines were printed and left out here")

    @property
    def last_lines(self) -> str:
        return "\n".join(self._last)

    def _take(self, line: str) -> None:
        self._n += 1
        cut = line if len(line) <= MAX_LINE else line[:MAX_LINE] + " ... (cut)"
        self._last.append(cut)
        if self._n <= MAX_LINES:
            self._log(cut)
