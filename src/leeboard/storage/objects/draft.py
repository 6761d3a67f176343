"""Bytes on their way to become an object or a part of one."""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from errno import EDQUOT, ENOSPC
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from leeboard.storage.objects.refusals import ObjectRefusedError
from leeboard.storage.objects.tree import Identity

COPY_BYTES = 1 << 20
Sum = Callable[[bytes | memoryview], object]


class Draft:
    """A file outside of all buckets; what is not put in place by the end of the block is removed.

    Args:
        staging: on the same disk as the buckets.
        reserve_bytes: of the disk, which are left free.
        sums: called with all bytes that are written, such as the `update` of a digest.
    """

    def __init__(self, staging: Path, *, reserve_bytes: int = 0, sums: tuple[Sum, ...] = ()) -> None:
        self.path = staging / f"draft-{secrets.token_hex(16)}"
        self._reserve_bytes = reserve_bytes
        self._sums = sums
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._stream: BinaryIO = self.path.open("xb", buffering=0)
        self._identity: Identity | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    @property
    def md5(self) -> str:
        """Of what was written so far."""
        return self._md5.hexdigest()

    def write(self, data: bytes | memoryview) -> None:
        """Adds bytes.

        Raises:
            ObjectRefusedError: if the disk is nearly full.
        """
        check_room(self.path.parent, len(data), self._reserve_bytes)
        for add in (self._md5.update, *self._sums):
            add(data)
        rest = memoryview(data)
        while rest:
            rest = rest[self._written(rest) :]

    def _written(self, data: memoryview) -> int:
        try:
            return self._stream.write(data)
        except OSError as error:
            if error.errno in (ENOSPC, EDQUOT):
                raise no_room(self.path.parent) from error
            raise

    def copy(self, source: BinaryIO, size_bytes: int | None = None) -> None:
        """Adds the rest of a stream, or that much of it."""
        left = size_bytes
        while left is None or left > 0:
            piece = source.read(COPY_BYTES if left is None else min(left, COPY_BYTES))
            if not piece:
                return
            self.write(piece)
            left = None if left is None else left - len(piece)

    def seal(self) -> Identity:
        """Writes all through to the disk and gives the content its own time."""
        if self._identity is None:
            at_ns = time.time_ns()  # finer than the kernel's own, which two quick writers may share
            os.utime(self._stream.fileno(), ns=(at_ns, at_ns))
            os.fsync(self._stream.fileno())
            self._identity = Identity.of(os.fstat(self._stream.fileno()))
            self._stream.close()
        return self._identity

    def discard(self) -> None:
        """Removes the file, if it still is where it was made."""
        self._stream.close()
        self.path.unlink(missing_ok=True)


def check_room(folder: Path, size_bytes: int, reserve_bytes: int) -> None:
    """Refuses what would leave less than the reserve free on the disk."""
    if reserve_bytes and shutil.disk_usage(folder).free - size_bytes < reserve_bytes:
        raise no_room(folder)


def no_room(folder: Path) -> ObjectRefusedError:
    """The disk is full, or nearly."""
    free = shutil.disk_usage(folder).free
    return ObjectRefusedError(
        "InsufficientStorage",
        f"the disk of the objects has {free:,} bytes free, which is too few: free some room on it",
    )
