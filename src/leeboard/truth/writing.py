"""Merged records to files: parts in the folder of each hour of captured records."""

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self
from uuid import NAMESPACE_URL, uuid5

from leeboard.storage import Uri, join, write_bytes

PART_BYTES = 64 << 20


class PartWriter:
    """Writes merged records; each file whole or not at all, under a name that is the same in each run.

    Args:
        output: folder above those of the hours.
        job: what tells the files of one job from those of another.
    """

    def __init__(self, output: Uri, job: str) -> None:
        self._output, self._job = output, job
        self._numbers: Counter[str] = Counter()
        self._folder = ""
        self._held: list[bytes] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leeboard-merge-write")
        self._writing: Future[None] | None = None
        self.files: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._thread:
            if error is None:
                self._close_part()
                self._wait()

    def write(self, folder: str, lines: bytes) -> None:
        """Appends records to the file of a folder below the output; calls for a folder follow each other."""
        if folder != self._folder or sum(map(len, self._held)) >= PART_BYTES:
            self._close_part()
            self._folder = folder
        if lines:
            self._held.append(lines)

    def _close_part(self) -> None:
        if not self._held:
            return
        self._wait()
        held, self._held = self._held, []
        uri = self._next_uri()
        self.files.append(uri)
        self._writing = self._thread.submit(lambda: write_bytes(uri, b"".join(held)))

    def _wait(self) -> None:
        if self._writing:
            self._writing.result()

    def _next_uri(self) -> str:
        number = self._numbers[self._folder]
        self._numbers[self._folder] += 1
        unique = uuid5(NAMESPACE_URL, f"{self._job}/{self._folder}")
        return join(self._output, self._folder, f"part-{number:05}-{unique}.c000.jsonl")
