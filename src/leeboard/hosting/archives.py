"""Unpacks model archives that nobody has vouched for.

Files are written one by one rather than by `tarfile`'s own extraction, whose filters had holes more than
once: links come last, so that while files are written nothing in the folder leads out of it.
"""

import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Self, cast

from leeboard.errors import FormatError

CHUNK_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_HEADER_BYTES = 4 << 20
"""Of one file: some kinds of headers are as long as they say, and `tarfile` holds them in memory."""
_OVERHEAD_BYTES = 4096
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, RecursionError, ValueError)


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """How much one model may be, unpacked."""

    total_bytes: int = 20 << 30
    n_files: int = 100_000


class Budget:
    """Counts files and bytes against limits and against the room that the disk has."""

    def __init__(self, limits: ModelLimits, folder: Path, should_stop: Callable[[], bool]) -> None:
        free_bytes = shutil.disk_usage(folder).free * 9 // 10
        self.limits = limits
        self.left_bytes = min(limits.total_bytes, free_bytes)
        self._limit_text = (
            f"{limits.total_bytes:,} bytes" if limits.total_bytes <= free_bytes else "the disk has room for"
        )
        self._n_files = 0
        self._should_stop = should_stop

    def add_file(self, size_bytes: int) -> None:
        """Raises FormatError if that is too much."""
        self._n_files += 1
        if self._n_files > self.limits.n_files:
            raise FormatError(f"it holds more than {self.limits.n_files:,} files")
        if not 0 <= size_bytes <= self.left_bytes:
            raise FormatError(f"it holds more than {self._limit_text}")

    def copy(self, source: IO[bytes], target: IO[bytes]) -> None:
        """Copies to the end of the source, however long it said that it is."""
        while chunk := source.read(CHUNK_BYTES):
            self.left_bytes -= len(chunk)
            if self.left_bytes < 0:
                raise FormatError(f"it holds more than {self._limit_text}")
            if self._should_stop():
                raise FormatError("leeboard was stopped meanwhile")
            target.write(chunk)


def inner_path(name: str) -> PurePosixPath:
    """The name as a path that stays below the folder it is joined to.

    >>> inner_path("./code//inference.py")
    PurePosixPath('code/inference.py')

    Raises:
        FormatError: for a name that is absolute or leads out.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        raise FormatError(f"the name {name!r} leads out of the model's folder")
    return path


def unpack(archive: BinaryIO, folder: Path, budget: Budget) -> None:
    """Puts the files of a tar archive, compressed by gzip or not, into an empty folder.

    Raises:
        FormatError: if it is no such archive, damaged, too large, or tries to reach out of the folder.
    """
    stream = _Limited(_plain(archive), budget)
    try:
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|", tarinfo=_Header) as members:
            _unpack(members, stream, folder, budget)
    except FormatError:
        raise
    except _DAMAGED as error:
        raise FormatError(
            f"it is no tar archive, or a damaged one ({error or type(error).__name__}); "
            "a model is a file made by: tar -czf model.tar.gz FILES"
        ) from None
    except OSError as error:
        raise FormatError(f"it cannot be unpacked: {error.strerror or error}") from error


def _unpack(members: tarfile.TarFile, stream: "_Limited", folder: Path, budget: Budget) -> None:
    links = []
    while (member := members.next()) is not None:
        stream.begin_content()
        budget.add_file(member.size)
        path = folder / inner_path(member.name)
        if member.issym():
            links.append((path, _link_target(member)))
        else:
            _place(member, members, path, folder, budget)
        members.members.clear()  # type: ignore[attr-defined]  # else it keeps every header
        stream.begin_header()
    for path, target in links:
        _symbolic_link(path, target, folder)


def _place(
    member: tarfile.TarInfo, members: tarfile.TarFile, path: Path, folder: Path, budget: Budget
) -> None:
    if member.isdir() or path == folder:
        path.mkdir(parents=True, exist_ok=True)
    elif member.islnk():
        _hard_link(path, folder / inner_path(member.linkname), member)
    elif member.isreg():
        _write(path, cast(IO[bytes], members.extractfile(member)), budget, mode=member.mode)
    else:
        raise FormatError(f"{member.name!r} is a device or a pipe; only files, folders and links are taken")


def _write(path: Path, content: IO[bytes], budget: Budget, *, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with content, path.open("xb") as target:
        budget.copy(content, target)
    path.chmod(0o755 if mode & 0o100 else 0o644)


def _hard_link(path: Path, target: Path, member: tarfile.TarInfo) -> None:
    if not target.is_file():
        raise FormatError(
            f"the link {member.name!r} leads to {member.linkname!r}, which is not in the archive"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    if path != target:
        path.unlink(missing_ok=True)
        os.link(target, path)


def _link_target(member: tarfile.TarInfo) -> str:
    """The target, if it goes up first and then only down; then links in its way cannot turn it outwards."""
    target = PurePosixPath(member.linkname)
    n_up = next((n for n, part in enumerate(target.parts) if part != ".."), len(target.parts))
    depth = len(inner_path(member.name).parts) - 1
    if target.is_absolute() or ".." in target.parts[n_up:] or n_up > depth or not member.linkname:
        raise FormatError(f"the link {member.name!r} leads out of the model's folder, to {member.linkname!r}")
    return str(target)


def _symbolic_link(path: Path, target: str, folder: Path) -> None:
    inside = path.parent.relative_to(folder)
    if path.parent.resolve() != folder.resolve() / inside:
        raise FormatError(f"the link {str(inside / path.name)!r} lies behind another link")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


class _Header(tarfile.TarInfo):
    """Refuses headers at which `tarfile` would end early without a word, or go backwards."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "InvalidHeaderError":
                raise FormatError(f"it is no tar archive, or a damaged one ({error})") from None
            raise
        if header.size < 0:
            raise FormatError("it has a file of negative size")
        return header


def _plain(archive: BinaryIO) -> IO[bytes]:
    """The archive without its compression."""
    stream = (
        archive if isinstance(archive, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, archive))
    )
    if stream.peek(2)[:2] == _GZIP:
        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    return stream


class _Limited:
    """A stream that ends in an error rather than give more than one header or all of a model may have."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream = stream
        self._left_bytes = budget.left_bytes + budget.limits.n_files * _OVERHEAD_BYTES
        self._header_bytes: int | None = 0

    def begin_header(self) -> None:
        self._header_bytes = 0

    def begin_content(self) -> None:
        self._header_bytes = None

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            raise FormatError("it holds more than a model may")
        if self._header_bytes is not None:
            self._header_bytes += len(data)
            if self._header_bytes > _HEADER_BYTES:
                raise FormatError(f"it has a header of more than {_HEADER_BYTES:,} bytes")
        return data
