"""Folders to and from a container, as the engine takes and gives them: tar archives."""

import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import IO

from leeboard.errors import EngineError, InputError
from leeboard.jobs.scripts.process import size_text

MOST_FILES = 200_000
_OPEN_TO_ALL = 0o777
_PIECE = 1 << 20


def open_folders(names: Sequence[str]) -> bytes:
    """An archive of folders that any user of a container may write to.

    Not filled up to the usual 10 KiB: Podman stops reading at the end mark, and may take the rest amiss.
    """
    blocks = []
    for name in ("./", *names):
        folder = tarfile.TarInfo(name)
        folder.type, folder.mode = tarfile.DIRTYPE, _OPEN_TO_ALL
        blocks.append(folder.tobuf())
    return b"".join((*blocks, bytes(2 * tarfile.BLOCKSIZE)))


class Unpacked:
    """Takes regular files out of archives, and nothing else: a container may have left anything.

    Args:
        most_bytes: of all files together.
        log: told what is left out.

    Raises:
        InputError: the files are more than that.
        EngineError: the archive ends in its midst.
    """

    def __init__(self, most_bytes: int, log: Callable[[str], None]) -> None:
        self._most_bytes, self._log = most_bytes, log
        self._n_bytes = self._n_files = 0
        self._lock = Lock()

    def take(self, stream: IO[bytes], folder: Path) -> None:
        """Puts what is in an archive of one folder below another, which nobody else writes to."""
        left_out: list[str] = []
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for entry, parts in _named(tar):
                    if entry.isdir():
                        folder.joinpath(*parts).mkdir(parents=True, exist_ok=True)
                    elif entry.isreg() and _is_plain(parts):
                        self._count(entry)
                        _write(tar, entry, folder.joinpath(*parts))
                    else:
                        left_out.append("/".join(parts))
        except (tarfile.TarError, OSError) as error:
            raise EngineError(f"the outputs of the container cannot be read: {error}") from None
        if left_out:
            shown = ", ".join(map(ascii, left_out[:3]))
            self._log(f"{len(left_out)} outputs are no plain files, such as links, and are left out: {shown}")

    def _count(self, entry: tarfile.TarInfo) -> None:
        with self._lock:  # archives may be taken at the same time
            self._n_files, self._n_bytes = self._n_files + 1, self._n_bytes + entry.size
        if self._n_bytes > self._most_bytes:
            raise InputError(
                f"the job wrote more than the {size_text(self._most_bytes)} of its volume "
                "(VolumeSizeInGB of its cluster); nothing was uploaded of what did not fit"
            )
        if self._n_files > MOST_FILES:
            raise InputError(f"the job wrote more than {MOST_FILES} files; write fewer and larger ones")


def _named(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, list[str]]]:
    """Entries by their names in the folder: engines write another first part, or none."""
    for entry in tar:
        parts = [part for part in entry.name.split("/")[1:] if part not in ("", ".")]
        if ".." in parts:
            raise EngineError(f"the archive of a folder leads out of it: {entry.name!a}")
        if parts or not entry.isdir():
            yield entry, parts


def _is_plain(parts: list[str]) -> bool:
    """Whether a store can have that name."""
    return bool(parts) and all(part.isprintable() for part in parts)


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, file: Path) -> None:
    content = tar.extractfile(entry)
    assert content is not None  # noqa: S101 - it is a regular file
    file.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(file, flags, 0o600), "wb") as target:
        while piece := content.read(_PIECE):
            target.write(piece)
