"""Output objects, each of which appears when it is whole."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Self, cast

from leeboard import storage


class OutputObject:
    """Collects an object on the local disk, as its whole might not fit into memory."""

    def __init__(self, folder: Path | None) -> None:
        self._file = cast(BinaryIO, TemporaryFile(dir=folder))  # noqa: SIM115 - __exit__ closes it

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def publish(self, uri: str) -> None:
        """Stores what was written, whole or not at all."""
        self._file.seek(0)
        storage.write_stream(uri, self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.close()
