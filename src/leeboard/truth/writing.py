"""Merged records to files: one in the folder of each hour of captured records."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from leeboard.storage import Uri, is_local, join, local_path, write_bytes
from leeboard.storage.file import explained
from leeboard.storage.layout import merged_name

MAX_REMOTE_BYTES = 256 << 20
"""Where a file cannot grow in place, it is cut: part-00001 and so on."""


class PartWriter:
    """Writes merged records; each file whole or not at all, under a name that is the same in each run.

    Args:
        output: folder above those of the hours.
        job: what tells the files of one job from those of another.
    """

    def __init__(self, output: Uri, job: str) -> None:
        self._output, self._name = output, merged_name(job)
        self._open = ExitStack()
        self._folder: str | None = None
        self._number = 0
        self._file: BinaryIO | None = None
        self._held: list[bytes] = []
        self.files: list[str] = []

    def write(self, folder: str, lines: bytes) -> None:
        """Appends records to the file of a folder below the output; those of a folder follow each other."""
        if folder != self._folder:
            self.close()
            self._folder, self._number = folder, 0
        if not lines:
            return
        if is_local(self._output):
            self._local_file().write(lines)
            return
        if self._held and sum(map(len, self._held)) + len(lines) > MAX_REMOTE_BYTES:
            self._put()
        self._held.append(lines)

    def close(self) -> None:
        """Puts what was written in its place."""
        if self._held:
            self._put()
        self._open.close()
        self._file = None

    def abandon(self, error: BaseException) -> None:
        """Leaves nothing of the file that is being written."""
        self._held = []
        self._open.__exit__(type(error), error, error.__traceback__)

    def _local_file(self) -> BinaryIO:
        if self._file is None:
            self._file = self._open.enter_context(_replacing(self._next_uri()))
        return self._file

    def _put(self) -> None:
        held, self._held = self._held, []
        write_bytes(self._next_uri(), b"".join(held))

    def _next_uri(self) -> str:
        name = self._name.replace("part-00000", f"part-{self._number:05}", 1)
        self._number += 1
        self.files.append(join(self._output, self._folder or "", name))
        return self.files[-1]


@contextmanager
def _replacing(uri: str) -> Iterator[BinaryIO]:
    """A hidden file beside the target, which takes its place once its bytes are on the disk."""
    path = local_path(uri)
    partial = path.parent / f".{secrets.token_hex(8)}.partial"
    with explained(uri):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def part_writer(output: Uri, job: str) -> Iterator[PartWriter]:
    """A writer that closes its last file in the end, unless something was raised."""
    writer = PartWriter(output, job)
    try:
        yield writer
    except BaseException as error:
        writer.abandon(error)
        raise
    writer.close()
