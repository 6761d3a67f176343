"""Inputs of a job as files, for programs that cannot read the store."""

import errno
import gzip
import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, Any, cast

from leeboard.errors import InputError
from leeboard.jobs.runners.inputs import find_mounts
from leeboard.jobs.runners.layout import checked, on_disk
from leeboard.jobs.runners.order import Log, ProcessingOrder
from leeboard.jobs.scripts.process import size_text
from leeboard.storage import is_local, join, list_objects, local_path, open_read

_N_AT_ONCE = 4
_PIECE = 1 << 20


def input_places(order: ProcessingOrder) -> list[str]:
    """The folders of the job at which its inputs are, whether there is something in them or not.

    Raises:
        InputError: an input is of a kind that cannot be laid out as files.
    """
    return [_place(str(one.get("InputName")), one.get("S3Input") or {}) for one in _inputs(order)]


def download_inputs(order: ProcessingOrder, log: Log) -> Iterator[str]:
    """Puts the objects of all inputs below the scratch folder; gives the URI of each that is there.

    Raises:
        NotFoundError: an input has no objects.
        InputError: one cannot be read or be laid out, or all are larger than the volume of the job.
    """
    for place in input_places(order):
        on_disk(order, place).mkdir(parents=True, exist_ok=True)
    budget = _Budget(order.volume_bytes)
    mounts = find_mounts(order, log)
    zipped = [place for place in _zipped(order) if place]
    wanted = [one for place, uri in mounts.items() for one in _files(order, place, uri, zipped)]
    with ThreadPoolExecutor(_N_AT_ONCE, thread_name_prefix="leeboard-inputs") as pool:
        try:
            yield from pool.map(lambda one: one.bring(budget), wanted)
        finally:
            budget.is_closed = True  # so that nobody waits for what nobody wants any more
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Wanted:
    uri: str
    file: Path
    is_zipped: bool

    def bring(self, budget: "_Budget") -> str:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with open_read(self.uri) as stream, open(os.open(self.file, flags, 0o600), "wb") as target:
                self._copy(stream, target, budget)
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            raise InputError(
                f"{self.uri} and another object of the inputs cannot both be files: one's key is a folder "
                "of the other's"
            ) from None
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(f"{self.uri} is to be unpacked, but is not gzip: {error}") from None
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG:
                raise
            raise InputError(f"{self.uri!a} cannot be the name of a file: {error}") from None
        return self.uri

    def _copy(self, stream: IO[bytes], target: IO[bytes], budget: "_Budget") -> None:
        source = cast(IO[bytes], gzip.GzipFile(fileobj=stream)) if self.is_zipped else stream
        while piece := source.read(_PIECE):
            budget.take(len(piece))
            target.write(piece)


@dataclass(slots=True)
class _Budget:
    most_bytes: int
    n_bytes: int = 0
    is_closed: bool = False
    lock: Lock = field(default_factory=Lock)

    def take(self, size_bytes: int) -> None:
        if self.is_closed:
            raise InputError("the inputs are not wanted any more")
        with self.lock:
            self.n_bytes += size_bytes
            if self.n_bytes > self.most_bytes:
                raise InputError(
                    f"the inputs are larger than the {size_text(self.most_bytes)} of the job's volume: "
                    "raise VolumeSizeInGB of its cluster"
                )


def _inputs(order: ProcessingOrder) -> Sequence[dict[str, Any]]:
    return [one for one in order.request.get("ProcessingInputs") or [] if one.get("S3Input")]


def _place(name: str, stored: dict[str, Any]) -> str:
    if stored.get("S3InputMode", "File") != "File":
        raise InputError(
            f"the input {name} has the S3InputMode {stored['S3InputMode']!r}; leeboard lays inputs out as "
            "files: ask for File"
        )
    return checked(str(stored.get("LocalPath") or f"/opt/ml/processing/input/{name}")).rstrip("/")


def _zipped(order: ProcessingOrder) -> Iterator[str]:
    for one in _inputs(order):
        if one["S3Input"].get("S3CompressionType") == "Gzip":
            yield _place(str(one.get("InputName")), one["S3Input"])


def _files(order: ProcessingOrder, place: str, uri: str, zipped: Sequence[str]) -> Iterator[_Wanted]:
    """Keys that end with a slash stand for folders in consoles, and are nothing here."""
    plain = str(local_path(uri)) if is_local(uri) else uri
    is_zipped = any(place == one or place.startswith(one + "/") for one in zipped)
    for found in list_objects(uri):
        below = found.uri.removeprefix(plain).strip("/")
        if found.uri.endswith("/"):
            continue
        path = join(place, below) if below else place
        if is_zipped:
            path = path.removesuffix(".gz")
        yield _Wanted(found.uri, on_disk(order, path), is_zipped)
