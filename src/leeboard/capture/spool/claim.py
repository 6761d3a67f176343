"""Folders of a spool that belong to one living process each, told by a lock that its death frees."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

LOCK_ENDING = ".lock"


@dataclass(frozen=True, slots=True)
class Claim:
    """A folder that this process alone may write into, read and empty."""

    folder: Path
    lock_fd: int

    @classmethod
    def new(cls, root: Path) -> Self:
        """A fresh folder below the root."""
        while True:
            name = uuid4().hex
            claim = cls._locked(root / name, os.O_CREAT | os.O_EXCL)
            if claim is not None:
                claim.folder.mkdir()
                return claim

    @classmethod
    def of_the_dead(cls, root: Path) -> list[Self]:
        """The folders that ended processes left behind; now they are ours."""
        found = (cls._locked(lock.with_suffix(""), 0) for lock in sorted(root.glob(f"*{LOCK_ENDING}")))
        return [claim for claim in found if claim is not None]

    @classmethod
    def _locked(cls, folder: Path, flags: int) -> Self | None:
        path = folder.with_suffix(LOCK_ENDING)
        try:
            fd = os.open(path, os.O_RDWR | flags, 0o600)
        except FileNotFoundError:
            return None
        if try_lock(fd) and _is_still_there(path, fd):
            return cls(folder, fd)
        os.close(fd)
        return None

    def release(self) -> None:
        """Gives the folder up; what is still in it waits for the next process that looks."""
        with suppress(OSError):
            if self.folder.exists():
                self.folder.rmdir()
            self.folder.with_suffix(LOCK_ENDING).unlink()
        os.close(self.lock_fd)


def _is_still_there(path: Path, fd: int) -> bool:
    """False if another process removed the file between our opening and our locking it."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(fd))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def try_lock(fd: int) -> bool:
        """Whether the file is now locked by us; it stays so until it is closed."""
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    @contextmanager
    def wait_for_lock(fd: int) -> Iterator[None]:
        """Holds the lock of the file meanwhile, as soon as it is free."""
        while not try_lock(fd):
            time.sleep(0.001)
        try:
            yield
        finally:
            msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(fd: int) -> bool:
        """Whether the file is now locked by us; it stays so until it is closed."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    @contextmanager
    def wait_for_lock(fd: int) -> Iterator[None]:
        """Holds the lock of the file meanwhile, as soon as it is free."""
        fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(fd, fcntl.LOCK_UN)
