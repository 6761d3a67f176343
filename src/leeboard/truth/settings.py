"""How a merge is to be done."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from leeboard.tables.captured.window import Window
from leeboard.tables.options import MB

MEMORY_BYTES = 512 * MB
_PLACE = re.compile(r"(?:^|/)([^/:]+/[^/:]+/\d{4}/\d\d/\d\d/\d\d)(?:/[^/]*)?$")
_HOUR = re.compile(r"(?:^|/)(\d{4}/\d\d/\d\d/\d\d)(?:/[^/]*)?$")


def folder_of(uri: str) -> str:
    """Endpoint, variant and hour of a capture file, by the folders that it lies in; empty if it lies in none.

    >>> folder_of("s3://bucket/capture/churn/AllTraffic/2022/04/18/00/20-48-871-a.jsonl")
    'churn/AllTraffic/2022/04/18/00'
    """
    found = _PLACE.search(uri) or _HOUR.search(uri)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOptions:
    """The wishes of one caller.

    Attributes:
        window: captured records outside of [start, end) are left out; for outputs of transform jobs, only
            where labels begin to be late.
        is_batch: what was captured are outputs of transform jobs, with inference ids in their rows.
        batch_kind: name of the reader for these, if it should not be told from the content.
        folder_of: (URI of what was captured) -> where its merged records go, below the output.
        memory_bytes: about what the labels may take in memory; beyond that, they go to files.
        temp_folder: for these files; by default that of the system.
        n_threads: by default one a core that may be used.
    """

    window: Window | None = None
    is_batch: bool = False
    batch_kind: str | None = None
    folder_of: Callable[[str], str] = folder_of
    memory_bytes: int = MEMORY_BYTES
    temp_folder: str | None = None
    n_threads: int | None = None
