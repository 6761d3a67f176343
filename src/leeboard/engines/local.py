"""The engine of one machine: threads over chunks, merged in the order of the chunks."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from leeboard.engines import Engine, Progress, Recipe, S
from leeboard.tables import Chunk, Table


def fold(
    table: Table, recipe: Recipe[S], *, n_threads: int | None = None, progress: Progress | None = None
) -> S:
    """The state of a table in one pass.

    At most two chunks a thread are held at a time. The result does not depend on
    `n_threads`, as the parts are merged in the order of the chunks.

    Args:
        table: what to read.
        recipe: what to fold, for example `TableProfile`.
        n_threads: threads that parse and fold; by default one a core that may be used.
        progress: told of each chunk that is done, in order, from the calling thread.
    """
    n_threads = n_threads or _n_cores()
    total = recipe.zero()
    with ThreadPoolExecutor(n_threads, thread_name_prefix="leeboard-fold") as threads:
        for chunk, (part, n_rows) in _in_order(threads, table, recipe, 2 * n_threads):
            total = total + part
            if progress:
                progress(chunk, n_rows)
    return total


def _n_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def _in_order(
    threads: ThreadPoolExecutor, table: Table, recipe: Recipe[S], n_ahead: int
) -> Iterator[tuple[Chunk, tuple[S, int]]]:
    chunks = iter(table.chunks())
    waiting: deque[tuple[Chunk, Future[tuple[S, int]]]] = deque()

    def submit(n: int) -> None:
        waiting.extend((chunk, threads.submit(_part, table, recipe, chunk)) for chunk in islice(chunks, n))

    try:
        submit(n_ahead)
        while waiting:
            chunk, future = waiting.popleft()
            yield chunk, future.result()
            submit(1)
    finally:
        for _, future in waiting:
            future.cancel()


def _part(table: Table, recipe: Recipe[S], chunk: Chunk) -> tuple[S, int]:
    block = table.block(chunk)
    return recipe.of(block), block.frame.height


ENTRY = Engine("local", fold)
