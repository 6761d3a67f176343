"""Output objects, each of which appears when it is whole."""

import mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self, cast

from leeboard import storage


class OutputObject:
    """Collects an object on the local disk, as its whole might not fit into memory."""

    def __init__(self, folder: Path | None) -> None:
        self._file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115 - __exit__ closes it

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def publish(self, uri: str) -> None:
        """Stores what was written, whole or not at all."""
        self._file.flush()
        if not self._file.tell():
            storage.write_bytes(uri, b"")
            return
        # pages come in as they are sent; closed when nobody looks at it any more, which a failure may put off
        whole = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        storage.write_bytes(uri, cast(bytes, whole))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.close()
