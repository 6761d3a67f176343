"""Buckets that the server on this machine keeps, read and written without asking it.

So that its jobs read files and not answers. LEEBOARD_OBJECTS names their folder; without it,
`s3://` is what the AWS settings say.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from mimetypes import guess_type
from pathlib import Path
from typing import BinaryIO, cast

from leeboard.errors import EngineError, NotFoundError
from leeboard.storage import StoredObject
from leeboard.storage.missing import not_found
from leeboard.storage.objects.facts import Facts
from leeboard.storage.objects.folder import ObjectFolder
from leeboard.storage.objects.refusals import NoSuchBucketError, NoSuchKeyError
from leeboard.storage.objects.walk import BEHIND, FoundObject

LOOKED_AT = 1000
"""Keys that are looked at for an error message."""

BUFFER_BYTES = 1 << 20


def open_folder_bucket(name: str, folder: str) -> "FolderBucket":
    """The bucket in the folder of objects at that path."""
    return FolderBucket(name, _folder(folder))


@lru_cache(maxsize=8)
def _folder(path: str) -> ObjectFolder:
    try:
        return ObjectFolder(Path(path))
    except OSError as error:
        raise EngineError(
            f"LEEBOARD_OBJECTS={path} cannot be used as a folder of objects: {error}"
        ) from error


@dataclass(frozen=True, slots=True)
class FolderBucket:
    """Objects by key, with the promises and error messages of a bucket on S3."""

    name: str
    folder: ObjectFolder

    def uri(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def list_objects(self, key: str) -> Iterator[StoredObject]:
        if key and not key.endswith("/"):
            # of all keys that begin with this one, it comes first
            yield from (found for found in self._beginning_with(key, 1) if found.uri == self.uri(key))
            key += "/"
        yield from self._beginning_with(key)

    def _beginning_with(self, prefix: str, limit: int | None = None) -> Iterator[StoredObject]:
        with self._explained(prefix), self.folder.walk(self.name, prefix) as walk:
            yield from map(self._stored, islice(walk, limit))

    def _stored(self, found: FoundObject) -> StoredObject:
        at = datetime.fromtimestamp(found.identity.modified_ns / 1e9, UTC)
        return StoredObject(self.uri(found.key), found.identity.size_bytes, at)

    def folder_names(self, prefix: str) -> list[str]:
        with self._explained(prefix):
            return [name[:-1] for name in self._names(prefix) if name.endswith("/")]

    def exists(self, key: str) -> bool:
        below = key if not key or key.endswith("/") else key + "/"
        return any(True for _ in self._beginning_with(below, 1)) or any(
            found.uri == self.uri(key) for found in self._beginning_with(key, 1)
        )

    def open_read(self, key: str) -> BinaryIO:
        with self._explained(key):
            stream, _ = self.folder.open(self.name, key)
        return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, stream), BUFFER_BYTES))

    def read_range(self, key: str, start: int, length: int) -> bytes:
        with self._explained(key), self.open_read(key) as stream:
            stream.seek(start)
            return stream.read(length)

    def write_bytes(self, key: str, data: bytes) -> None:
        with self._explained(key):
            self.folder.write(self.name, key, data, content_type=_content_type(key))

    def write_stream(self, key: str, stream: BinaryIO) -> None:
        with self._explained(key), self.folder.draft() as draft:
            draft.copy(stream)
            facts = Facts(etag=draft.md5, headers={"content-type": _content_type(key)})
            self.folder.put(self.name, key, draft, facts)

    def delete(self, key: str) -> None:
        with self._explained(key):
            self.folder.delete(self.name, key)

    def missing(self, key: str) -> NotFoundError:
        """Says what the nearest prefix holds that has objects; the bucket itself may be empty."""
        parents = [key[:end] for end in range(len(key) - 1, 0, -1) if key[end - 1] == "/"]
        parent = next((p for p in parents if any(True for _ in self._beginning_with(p, 1))), "")
        wanted = _first_name(key.removeprefix(parent)).rstrip("/")
        place = f"folder {self.folder.root / self.name}"
        names = islice(self._names(parent), LOOKED_AT)
        return not_found(self.uri(key), parent=self.uri(parent), names=names, wanted=wanted, place=place)

    def _names(self, parent: str) -> Iterator[str]:
        """The next names below it, sorted; those of folders with a slash at their end."""
        with self.folder.walk(self.name, parent) as walk:
            for found in walk:
                name = _first_name(found.key.removeprefix(parent))
                yield name
                walk.skip_to((parent + name).encode() + (BEHIND if name.endswith("/") else b""))

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Refusals are errors of the caller already; only a missing key needs to be told more of."""
        try:
            yield
        except NoSuchKeyError as error:
            raise self.missing(key) from error
        except NoSuchBucketError as error:
            raise NotFoundError(f"{error} (in {self.folder.root})", error.uri) from error
        except OSError as error:
            raise EngineError(f"{self.uri(key)}: {error.strerror or error}") from error


def _content_type(key: str) -> str:
    """By the ending of the name, so that a browser shows a report."""
    return guess_type(key)[0] or "application/octet-stream"


def _first_name(key: str) -> str:
    name, slash, _ = key.partition("/")
    return name + slash
