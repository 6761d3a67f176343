"""Local disks."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import BinaryIO

from leeboard.errors import EngineError, InputError, LeeboardError, NotFoundError
from leeboard.storage import Scheme, StoredObject, local_path
from leeboard.storage.missing import not_found, some

PIECE_BYTES = 1 << 20
LOOKED_AT = 1000
"""Names of a folder that are looked at for an error message."""


def list_objects(uri: str) -> Iterator[StoredObject]:
    """Regular files; links to files count, links to folders below the given one are not entered.

    So nothing is met in a circle; the given folder itself may be a link.
    """
    path = local_path(uri)
    with explained(uri):
        if path.is_dir():
            yield from _below(str(path))
        elif not uri.endswith("/"):
            yield from _object(str(path))


def folder_names(uri: str) -> list[str]:
    """Folders that may be empty; links to folders are none, as listings do not enter them."""
    path = local_path(uri)
    if not path.is_dir():
        return []
    return sorted(name.rstrip(os.sep) for name in _names(str(path)) if name.endswith(os.sep))


def _below(folder: str) -> Iterator[StoredObject]:
    for name in sorted(_names(folder)):
        path = os.path.join(folder, name)
        if name.endswith(os.sep):
            yield from _below(path.rstrip(os.sep))
        else:
            yield from _object(path)


def _names(folder: str) -> Iterator[str]:
    """The names in a folder, those of folders with the separator behind them.

    With it they sort as whole paths do: `a-b/x`, `a.txt`, `a/x`.
    """
    with explained(folder), os.scandir(folder) as entries:
        for entry in entries:
            yield entry.name + (os.sep if entry.is_dir(follow_symlinks=False) else "")


def _object(path: str) -> Iterator[StoredObject]:
    """The file, unless it went away meanwhile, is a folder, or could block a reader as pipes do."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return
    if S_ISREG(status.st_mode):
        yield StoredObject(path, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


def open_read(uri: str) -> BinaryIO:
    """A buffered file."""
    with explained(uri):
        return local_path(uri).open("rb")


def read_range(uri: str, start: int, length: int) -> bytes:
    """Seeks and reads."""
    with explained(uri), local_path(uri).open("rb") as stream:
        stream.seek(start)
        return stream.read(length)


def write_bytes(uri: str, data: bytes) -> None:
    """As a stream of them."""
    write_stream(uri, BytesIO(data))


def write_stream(uri: str, stream: BinaryIO) -> None:
    """Writes a hidden file beside the target and renames it once its bytes are on the disk."""
    path = local_path(uri)
    partial = path.parent / f".{secrets.token_hex(8)}.partial"
    with explained(uri):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_through(partial, stream)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _write_through(path: Path, source: BinaryIO) -> None:
    with path.open("xb") as stream:
        copyfileobj(source, stream, PIECE_BYTES)
        stream.flush()
        os.fsync(stream.fileno())


def exists(uri: str) -> bool:
    """A file or a folder, also an empty one; with a slash at the end, a folder."""
    path = local_path(uri)
    with explained(uri):
        return path.is_dir() if uri.endswith("/") else path.exists()


def delete(uri: str) -> None:
    """A file, or a link to one and not what it leads to; pipes and the like stay, as they are no objects."""
    path = local_path(uri)
    with explained(uri), suppress(FileNotFoundError, NotADirectoryError):
        mode = os.lstat(path).st_mode
        if S_ISREG(mode) or S_ISLNK(mode) or S_ISDIR(mode):
            os.unlink(path)


def missing(uri: str) -> NotFoundError:
    """Names the nearest folder that is there."""
    path = local_path(uri).absolute()
    parent = next(folder for folder in path.parents if os.path.isdir(folder))
    names = islice(_names(str(parent)), LOOKED_AT)
    wanted = path.relative_to(parent).parts[0]
    place = f"working directory {Path.cwd()}"
    return not_found(uri, parent=str(parent), names=names, wanted=wanted, place=place)


@contextmanager
def explained(uri: str) -> Iterator[None]:
    """Turns what the operating system says into leeboard's errors."""
    try:
        yield
    except OSError as error:
        raise _explanation(uri, error) from error


def _explanation(uri: str, error: OSError) -> LeeboardError:
    path = local_path(uri)
    if isinstance(error, PermissionError):
        return InputError(f"no permission for {uri}: check the rights of it and of the folder it is in")
    if os.path.isdir(path):
        return InputError(f"{uri} is a folder; a file is needed here, name one inside it{_some_of(path)}")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return _file_in_the_way(uri)
    if isinstance(error, FileNotFoundError):
        return missing(uri)
    if error.errno == errno.ENAMETOOLONG:
        return InputError(f"a name in {uri} is longer than the file system allows")
    return EngineError(f"{uri}: {error.strerror or error}")


def _some_of(folder: Path) -> str:
    try:
        names = sorted(islice(_names(str(folder)), LOOKED_AT))
    except OSError:
        return ""
    return f", such as {some(names)}" if names else ""


def _file_in_the_way(uri: str) -> NotFoundError:
    path = local_path(uri)
    file = next((folder for folder in path.parents if os.path.isfile(folder)), path)
    return NotFoundError(f"nothing can be stored at {uri}: {file} is a file, not a folder", uri)


ENTRY = Scheme(
    "file",
    list_objects,
    folder_names,
    open_read,
    read_range,
    write_bytes,
    write_stream,
    exists,
    missing,
    delete,
)
