"""Folders that servers of one home share: who uses one locks it, and a lock goes with its process."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

PARTIAL = ".partial-"
_MAKING = ".making-"
"""Begins the name of a folder that is not locked yet, and empty."""


class HeldFolders:
    """Those that this process uses."""

    def __init__(self) -> None:
        self._held: dict[Path, int] = {}

    def hold(self, folder: Path) -> bool:
        """Keeps others from removing it; False if one of them just did."""
        if folder in self._held:
            return True
        try:
            number = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            return False
        _is_locked(number, fcntl.LOCK_SH)
        if not _is_still(number, folder):
            os.close(number)
            return False
        self._held[folder] = number
        return True

    def release(self, folder: Path) -> None:
        """Lets others remove it."""
        if (number := self._held.pop(folder, None)) is not None:
            os.close(number)

    def close(self) -> None:
        """Releases all."""
        for folder in list(self._held):
            self.release(folder)

    def remove(self, folder: Path) -> None:
        """Removes it, unless another process uses it.

        Where there are no locks, what is filled at the moment cannot be told from what a killed server left.
        """
        self.release(folder)
        if folder.name.startswith(_MAKING):
            return
        with suppress(FileNotFoundError):
            number = os.open(folder, os.O_RDONLY)
            try:
                is_ours = _is_locked(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if is_ours or (is_ours is None and not folder.name.startswith(PARTIAL)):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(number)


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """An empty one to be filled, which is gone afterwards unless it was moved."""
    made = Path(mkdtemp(prefix=_MAKING, dir=place))
    number = os.open(made, os.O_RDONLY)
    try:
        _is_locked(number, fcntl.LOCK_EX)
        partial = made.rename(place / made.name.replace(_MAKING, PARTIAL, 1))
        try:
            yield partial
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    finally:
        os.close(number)


def _is_locked(number: int, how: int) -> bool | None:
    """None where the file system has no locks."""
    try:
        fcntl.flock(number, how)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_still(number: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(number), folder.stat())
    except FileNotFoundError:
        return False
