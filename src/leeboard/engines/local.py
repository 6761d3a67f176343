"""The engine of one machine: threads over chunks, merged in the order of the chunks."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from leeboard.engines import Engine, Progress
from leeboard.profile import TableProfile
from leeboard.tables import Chunk, Table


def fold(table: Table, *, n_threads: int | None = None, progress: Progress | None = None) -> TableProfile:
    """The profile of a table in one pass.

    At most two chunks a thread are held at a time. The result does not
    depend on `n_threads`, as profiles are merged in the order of the chunks.

    Args:
        table: what to read.
        n_threads: threads that parse and profile; by default one a core that may be used.
        progress: told of each chunk that is done, in order, from the calling thread.
    """
    n_threads = n_threads or _n_cores()
    profile = TableProfile.zero()
    with ThreadPoolExecutor(n_threads, thread_name_prefix="leeboard-fold") as threads:
        for chunk, part in _in_order(threads, table, 2 * n_threads):
            profile = profile + part
            if progress:
                progress(chunk, part.n_rows)
    return profile


def _n_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def _in_order(
    threads: ThreadPoolExecutor, table: Table, n_ahead: int
) -> Iterator[tuple[Chunk, TableProfile]]:
    chunks = iter(table.chunks())
    waiting: list[tuple[Chunk, Future[TableProfile]]] = []

    def submit(n: int) -> None:
        waiting.extend((chunk, threads.submit(_profile, table, chunk)) for chunk in islice(chunks, n))

    try:
        submit(n_ahead)
        while waiting:
            chunk, future = waiting.pop(0)
            yield chunk, future.result()
            submit(1)
    finally:
        for _, future in waiting:
            future.cancel()


def _profile(table: Table, chunk: Chunk) -> TableProfile:
    return TableProfile.of(table.block(chunk))


ENTRY = Engine("local", fold)
