"""Where commands print: results to standard output, progress and errors beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from leeboard.jobs.job import Log, Watch
    from leeboard.tables import Chunk

MIN_WIDTH = 100
"""Columns that tables get where output goes to a file, which has no width."""


@cache
def results() -> "Console":
    """Standard output."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=max(MIN_WIDTH, console.width))


@cache
def errors() -> "Console":
    """Standard error."""
    from rich.console import Console

    return Console(stderr=True)


class Bar:
    """A progress bar over the bytes of a data set; in a file or pipe it shows nothing."""

    def __init__(self, progress: "Progress", title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None, rows=0)
        self._n_rows = 0

    def start(self, size_bytes: int | None) -> None:
        self._progress.update(self._task, total=size_bytes)

    def advance(self, chunk: "Chunk", n_rows: int) -> None:
        self._n_rows += n_rows
        self._progress.update(self._task, advance=chunk.size_bytes, rows=self._n_rows)


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> "Iterator[Watch]":
    """A bar on standard error while data are read."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
    )
    shown = Progress(*columns, console=errors(), transient=True, disable=quiet or not errors().is_terminal)
    with shown:
        yield Bar(shown, title)


def log_lines(*, verbose: bool) -> "Log":
    """A log that prints its lines beside the results, or nowhere."""
    if not verbose:
        return lambda line: None
    return lambda line: errors().print(line, markup=False, highlight=False, soft_wrap=True)
