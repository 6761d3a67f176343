"""Work on several threads whose results come in the order of what was put in."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_order(items: Iterable[T], work: Callable[[T], R], n_threads: int | None = None) -> Iterator[R]:
    """The result of each item; at most two items a thread are held at a time.

    Args:
        n_threads: by default one a core that may be used.
    """
    n = n_threads or _n_cores()
    source = iter(items)
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(n, thread_name_prefix="leeboard-merge") as threads:
        try:
            waiting.extend(threads.submit(work, item) for item in islice(source, 2 * n))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(threads.submit(work, item) for item in islice(source, 1))
        finally:
            for future in waiting:
                future.cancel()


def _n_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
