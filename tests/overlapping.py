"""Two things at once, of which the second begins in the midst of the first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import Any

WAIT_S, HEAD_START_S = 120, 0.5


def overlap(
    first: Callable[[], Any], second: Callable[[], Any], *, is_there: Event, may_go_on: Event
) -> None:
    """Does both, and raises what either raised.

    Args:
        is_there: set by the first where the second is to begin.
        may_go_on: waited for by the first then; it comes when the second has ended or waits for the first.
    """
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(first)
        try:
            assert is_there.wait(WAIT_S)
            late = pool.submit(second)
            wait([late], timeout=HEAD_START_S)
        finally:
            may_go_on.set()
        early.result()
        late.result()
