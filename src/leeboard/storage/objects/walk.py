"""The keys of a bucket in the order of their bytes, a folder at a time, from any key on."""

import os
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from leeboard.storage.objects.names import name_of_file, name_of_folder
from leeboard.storage.objects.tree import FoundFile, Identity, below, child, file_in

BEHIND = b"\xff"
"""Behind every key that begins with what stands before it, as no UTF-8 has this byte."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """A key, and the content that its file had."""

    key: str
    identity: Identity


@dataclass(slots=True)
class _Folder:
    """One folder of the walk: what is in it, and how far the walk is."""

    names: tuple[str, ...]
    prefix: bytes
    entries: list[bytes]
    at: int = field(default=0)


class KeyWalk(Iterator[FoundObject]):
    """Walks a bucket, which must stay open meanwhile.

    Folders are read when the walk comes to them, and those before `after` not at all.

    Args:
        bucket: its open folder; closed with the walk.
        prefix: what all keys begin with.
        after: only keys behind it, by their bytes.

    Attributes:
        n_folders: how many were read so far.
    """

    def __init__(self, bucket: int, prefix: str = "", after: bytes = b"") -> None:
        self._bucket = bucket
        self._prefix = prefix.encode()
        self._after = after
        self._folders: list[_Folder] = []
        self._open: tuple[tuple[str, ...], int] | None = None
        self.n_folders = 0
        self._enter(tuple(prefix.split("/")[:-1]))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the bucket."""
        self._folders.clear()
        self._leave()
        if self._bucket >= 0:
            os.close(self._bucket)
            self._bucket = -1

    def skip_to(self, after: bytes) -> None:
        """Goes on behind that key."""
        self._after = max(self._after, after)

    def __next__(self) -> FoundObject:
        while self._folders:
            folder = self._folders[-1]
            entry = self._next_entry(folder)
            if entry is None:
                self._folders.pop()
            elif entry.endswith(b"/"):
                self._enter((*folder.names, entry[:-1].decode()))
            elif found := self._file(folder.names, entry.decode()):
                return FoundObject((folder.prefix + entry).decode(), found.identity)
        raise StopIteration

    def _next_entry(self, folder: _Folder) -> bytes | None:
        if folder.prefix <= self._after:
            folder.at = max(folder.at, _first_behind(folder, self._after))
        if folder.at == len(folder.entries):
            return None
        folder.at += 1
        return folder.entries[folder.at - 1]

    def _enter(self, names: tuple[str, ...]) -> None:
        prefix = "".join(name + "/" for name in names).encode()
        here = self._descriptor(names)
        if here is None:
            return
        self.n_folders += 1
        # what the wanted prefix has behind this folder is the beginning of a name in it
        beginning = self._prefix[len(prefix) :]
        with os.scandir(here) as entries:
            found = {text for entry in entries if (text := _text(entry)) is not None}
        self._folders.append(_Folder(names, prefix, sorted(t for t in found if t.startswith(beginning))))

    def _file(self, names: tuple[str, ...], name: str) -> FoundFile | None:
        here = self._descriptor(names)
        return file_in(here, name) if here is not None else None

    def _descriptor(self, names: tuple[str, ...]) -> int | None:
        """That of one folder is kept: a walk may be deeper than a process may open files."""
        if self._open is None or self._open[0] != names:
            here = self._opened(names)
            self._leave()
            if here is None:
                return None
            self._open = (names, here)
        return self._open[1]

    def _opened(self, names: tuple[str, ...]) -> int | None:
        if names and self._open and self._open[0] == names[:-1]:
            return child(self._open[1], names[-1])
        with below(self._bucket, names) as here:
            return None if here is None else os.dup(here)

    def _leave(self) -> None:
        if self._open is not None:
            os.close(self._open[1])
            self._open = None


def _text(entry: "os.DirEntry[str]") -> bytes | None:
    """How the entry stands in keys, a folder with a slash behind it so that it sorts as its keys do."""
    if entry.is_dir(follow_symlinks=False):
        name, slash = name_of_folder(entry.name), "/"
    elif entry.is_file(follow_symlinks=False):
        name, slash = name_of_file(entry.name), ""
    else:
        return None
    return None if name is None else (name + slash).encode()


def _first_behind(folder: _Folder, after: bytes) -> int:
    """The first entry that is behind `after`, or a folder that may hold keys behind it."""
    if not after.startswith(folder.prefix):
        return len(folder.entries)  # all of this folder sorts before it
    rest = after[len(folder.prefix) :]
    index = bisect_right(folder.entries, rest)
    name, slash, _ = rest.partition(b"/")
    own = bisect_right(folder.entries, name + slash) - 1
    is_own = slash and own >= 0 and folder.entries[own] == name + slash
    return min(index, own) if is_own else index
