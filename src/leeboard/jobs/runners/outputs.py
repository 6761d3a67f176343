"""What a job wrote: read without following links, as a script may have put them there."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from leeboard.errors import InputError
from leeboard.jobs.runners.layout import on_disk, output_paths
from leeboard.jobs.runners.order import ProcessingOrder
from leeboard.storage import join, write_stream

_LAST = ("constraints.json", "statistics.json", "constraint_violations.json")
"""Who sees one of these in the store may rely on everything else being there."""
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.partial")
"""What leeboard writes to until a file is whole; a job that was killed leaves it."""


def upload_outputs(order: ProcessingOrder) -> list[str]:
    """Puts the files of all outputs where the request wants them; gives their URIs.

    Reports go last, so that whoever waits for them finds the rest. Nothing is deleted in the store.
    A job that did not complete has its files kept, too: they say how far it came.

    Raises:
        InputError: the store refuses a file.
    """
    return [uri for path, target in output_paths(order).items() for uri in _upload(order, path, target)]


def _upload(order: ProcessingOrder, path: str, target: str) -> Iterator[str]:
    folder = on_disk(order, path)
    files = (file for file in files_below(order, folder) if not _UNFINISHED.fullmatch(file.name))
    for file in sorted(files, key=_rank):
        uri = join(target, file.relative_to(folder).as_posix())
        with opened(file) as stream:
            write_stream(uri, stream)
        yield uri


def _rank(file: Path) -> tuple[int, str]:
    return (_LAST.index(file.name) + 1 if file.name in _LAST else 0, str(file))


def files_below(order: ProcessingOrder, folder: Path) -> Iterator[Path]:
    """Regular files in a folder of the job, in order; none if the folder was led out of the scratch."""
    if folder.resolve() != order.root.resolve() / folder.relative_to(order.root):
        return
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if stat.S_ISREG(os.lstat(os.path.join(parent, name)).st_mode):
                yield Path(parent, name)


def read_file(file: Path, most_bytes: int) -> bytes:
    """What is in a regular file that is no link, up to so many bytes.

    Raises:
        InputError: it is none.
    """
    with opened(file) as stream:
        return stream.read(most_bytes)


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """A regular file that is no link.

    Raises:
        InputError: it is none.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise InputError(f"the job's file {file.name} cannot be read: {error.strerror}") from None
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputError(f"the job left {file.name} as something other than a file")
        yield stream
