"""Folders and files below an open folder, never through a link.

Every step goes by the descriptor of the folder that it starts from, so that a link which somebody
lays there, also in the middle of a step, is never followed.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from stat import S_ISREG

from leeboard.storage.objects.names import file_names, folder_names
from leeboard.storage.objects.refusals import ObjectRefusedError

FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
FILE_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG}


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one content of a file from the next."""

    size_bytes: int
    modified_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        return cls(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file in an open folder."""

    name: str
    identity: Identity


def opened(name: str, flags: int, folder: int | None = None) -> int | None:
    """A descriptor; None if there is nothing of that kind."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in NOT_THERE:
            return None
        raise


@contextmanager
def below(root: int, names: Sequence[str]) -> Iterator[int | None]:
    """The open folder that `names` lead to; None if it is not there."""
    here: int | None = os.dup(root)
    try:
        for name in names:
            if here is None:
                break
            there = child(here, name)
            os.close(here)
            here = there
        yield here
    finally:
        if here is not None:
            os.close(here)


@contextmanager
def made_below(root: int, names: Sequence[str]) -> Iterator[int]:
    """The open folder that `names` lead to, made if it is not there."""
    here = os.dup(root)
    try:
        for name in names:
            there = _made(here, name)
            os.close(here)
            here = there
        yield here
    finally:
        os.close(here)


def child(folder: int, name: str) -> int | None:
    """The folder of that name in keys, open."""
    for candidate in folder_names(name):
        found = opened(candidate, FOLDER_FLAGS, folder)
        if found is not None:
            return found
    return None


def _made(folder: int, name: str) -> int:
    found = child(folder, name)
    if found is not None:
        return found
    for candidate in folder_names(name):
        try:
            os.mkdir(candidate, dir_fd=folder)
        except FileExistsError:
            continue
        os.fsync(folder)
        made = opened(candidate, FOLDER_FLAGS, folder)
        if made is not None:
            return made
    raise _in_the_way(name)


def file_in(folder: int, name: str) -> FoundFile | None:
    """The file of that name in keys; links and pipes are none."""
    for candidate in file_names(name):
        try:
            status = os.stat(candidate, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            if error.errno in NOT_THERE:
                continue
            raise
        if S_ISREG(status.st_mode):
            return FoundFile(candidate, Identity.of(status))
    return None


def free_name(folder: int, name: str) -> str:
    """What a new file of that name in keys can be called."""
    for candidate in file_names(name):
        try:
            os.stat(candidate, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return candidate
    raise _in_the_way(name)


def open_file(folder: int, name: str) -> int | None:
    """The file of that name in keys, open for reading."""
    for candidate in file_names(name):
        file = opened(candidate, FILE_FLAGS, folder)
        if file is None:
            continue
        if S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
    return None


def remove_empty(root: int, names: Sequence[str]) -> None:
    """Removes the folder that `names` lead to and those above it, as far as they are empty or absent."""
    for depth in range(len(names), 0, -1):
        with below(root, names[: depth - 1]) as parent:
            if parent is not None and _is_kept(parent, names[depth - 1]):
                return


def _is_kept(parent: int, name: str) -> bool:
    for candidate in folder_names(name):
        try:
            os.rmdir(candidate, dir_fd=parent)
        except OSError as error:
            if error.errno not in NOT_THERE:  # as a rule, it is not empty
                return True
    return False


def _in_the_way(name: str) -> ObjectRefusedError:
    return ObjectRefusedError(
        "InvalidArgument",
        f"the name {name!r} in the key cannot be stored: something that is neither a file nor a folder "
        "has it; remove that from the folder of the bucket",
    )
