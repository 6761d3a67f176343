"""Bytes by URI: what a storage scheme is, and one function for each thing to do with stored bytes.

A URI is a plain local path, `file:///path` or `s3://bucket/key`. Whatever hands a URI back writes
local ones as plain paths.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from leeboard.errors import InputError, NotFoundError
from leeboard.roster import Roster

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|(file):/", re.IGNORECASE)

Uri = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A file or object: its URI, size and the UTC time of its last change."""

    uri: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of place that keeps bytes under URIs which begin with its name.

    Args:
        name: what stands before `://`; plain paths belong to `file`.
        list_objects: the object of that URI and those below it, by URI; none if there are none.
        folder_names: of the folders directly below that URI which hold objects, sorted.
        open_read: a stream over one object that holds little of it in memory.
        read_range: up to `length` bytes from `start`; fewer at the end, none behind it.
        write_bytes: puts a whole object in place of what was there, or leaves that alone.
        write_stream: the same with what is left of a stream, which is not held in memory.
        exists: whether an object, or a folder, has that URI.
        missing: the error for a URI that has nothing, saying what is there instead.
        delete: removes one object, and no folder; nothing there is no error.
    """

    name: str
    list_objects: Callable[[str], Iterator[StoredObject]]
    folder_names: Callable[[str], list[str]]
    open_read: Callable[[str], BinaryIO]
    read_range: Callable[[str, int, int], bytes]
    write_bytes: Callable[[str, bytes], None]
    write_stream: Callable[[str, BinaryIO], None]
    exists: Callable[[str], bool]
    missing: Callable[[str], NotFoundError]
    delete: Callable[[str], None]


SCHEMES = Roster("storage scheme", __name__, Scheme)


def list_objects(uri: Uri, *, missing_ok: bool = False) -> Iterator[StoredObject]:
    """The object itself, and everything below it as a folder or prefix, in the order of their URIs.

    Only listings of more than 10,000 objects keep the order of the server, which on Amazon S3 is
    that one and on some other servers goes folder by folder.

    Args:
        uri: with a slash at its end it stands for what is below it alone.
        missing_ok: nothing there gives no objects, rather than an error.

    Raises:
        NotFoundError: on the first step, if there is neither an object nor a folder.
    """
    scheme, name = _scheme_of(uri), fspath(uri)
    is_empty = True
    for found in scheme.list_objects(name):
        is_empty = False
        yield found
    if is_empty and not missing_ok and not scheme.exists(name):
        raise scheme.missing(name)


def folder_names(uri: Uri) -> list[str]:
    """The names of the folders directly below `uri`, sorted; none if there are none, or nothing is there."""
    return _scheme_of(uri).folder_names(fspath(uri))


def open_read(uri: Uri) -> BinaryIO:
    """A stream over one object; it need not be seekable."""
    return _scheme_of(uri).open_read(fspath(uri))


def read_bytes(uri: Uri) -> bytes:
    """One whole object."""
    with open_read(uri) as stream:
        return stream.read()


def read_range(uri: Uri, start: int, length: int) -> bytes:
    """Up to `length` bytes from `start`: fewer if the object ends before, none from behind its end."""
    return _scheme_of(uri).read_range(fspath(uri), start, length)


def write_bytes(uri: Uri, data: bytes) -> None:
    """Writes an object whole or not at all; folders are made as needed."""
    _scheme_of(uri).write_bytes(fspath(uri), data)


def write_stream(uri: Uri, stream: BinaryIO) -> None:
    """Writes what is left of a stream as an object, whole or not at all."""
    _scheme_of(uri).write_stream(fspath(uri), stream)


def delete(uri: Uri) -> None:
    """Removes one object, whole; all is well if it is gone already.

    Raises:
        InputError: it is a folder, or the URI of one.
    """
    scheme, name = _scheme_of(uri), fspath(uri)
    if name.endswith("/"):
        raise InputError(f"{name} is a folder; only single objects are removed, name one inside it")
    scheme.delete(name)


def exists(uri: Uri) -> bool:
    """Whether there is an object of that URI, or a folder or prefix."""
    return _scheme_of(uri).exists(fspath(uri))


def join(uri: Uri, *parts: str) -> str:
    """The URI of something below `uri`.

    Slashes at either end of a part, and doubled ones in it, do not count: a name that is empty
    would be a name of its own on S3.

    >>> join("s3://bucket/capture/", "/churn//", "2024/05")
    's3://bucket/capture/churn/2024/05'

    Raises:
        InputError: for a part that leads out of `uri`.
    """
    root = str(local_path(uri)) if is_file_uri(uri) else fspath(uri)
    names = [name for part in parts for name in part.split("/") if name not in ("", ".")]
    if any(".." in re.split(r"[/\\]", name) for name in names):
        raise InputError(f"{'/'.join(parts)!r} leads out of {root}: '..' cannot be a part of what is joined")
    if not names:
        return root.rstrip("/") or root
    return "/".join([root.rstrip("/"), *names] if root else names)


def is_local(uri: Uri) -> bool:
    """Whether it is on a disk of this machine."""
    return _scheme_name(uri) == "file"


def is_file_uri(uri: Uri) -> bool:
    """Whether it is written with `file:` in front."""
    return is_local(uri) and SCHEME.match(fspath(uri)) is not None


def local_path(uri: Uri) -> Path:
    """The path of a local URI; `file:` URIs are percent-decoded, plain paths are taken as they are.

    Raises:
        InputError: if it is not on this machine.
    """
    if not is_local(uri):
        raise InputError(f"{fspath(uri)} is not on a local disk; a path or a file:// URI is needed here")
    if not is_file_uri(uri):
        return Path(uri)
    # '#' and '?' are ordinary letters of file names, so they must not end the path
    split = urlsplit(re.sub("[#?]", lambda sign: f"%{ord(sign[0]):02X}", fspath(uri)))
    if split.netloc not in ("", "localhost"):
        raise InputError(
            f"{fspath(uri)} names the machine {split.netloc!r}; a local file is file:///{unquote(split.path)[1:]}"
        )
    return Path(unquote(split.path))


def _scheme_of(uri: Uri) -> Scheme:
    return SCHEMES.get(_scheme_name(uri))


def _scheme_name(uri: Uri) -> str:
    match = SCHEME.match(uri) if isinstance(uri, str) else None
    return (match[1] or match[2]).lower() if match else "file"
