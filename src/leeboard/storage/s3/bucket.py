"""What can be done with the objects of one S3 bucket."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO, cast

from leeboard.errors import NotFoundError
from leeboard.storage import StoredObject
from leeboard.storage.missing import not_found
from leeboard.storage.s3.connection import Connection, connect
from leeboard.storage.s3.refusals import LIBRARY_ERRORS, Answer, explanation, is_missing_key
from leeboard.storage.s3.transfer import (
    CHUNK_BYTES,
    ChunkStream,
    ExactTransfer,
    PlainTransfer,
    Transfer,
    is_plain,
)

LOOKED_AT = 1000
"""Keys that are looked at for an error message: one page of a listing."""

SORTED = 10_000
"""Keys of a listing that are put in order here, as some servers go folder by folder: a/b before a-b."""


def open_bucket(name: str) -> "Bucket":
    """The bucket at the endpoint that the AWS settings name; made once for each of both."""
    return _open_bucket(name, connect())


@lru_cache(maxsize=64)
def _open_bucket(name: str, connection: Connection) -> "Bucket":
    exact = ExactTransfer(connection.client, name)
    return Bucket(name, connection, PlainTransfer(connection.store(name)), exact)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects by key."""

    name: str
    connection: Connection
    plain: PlainTransfer
    exact: ExactTransfer

    def uri(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def list_objects(self, key: str) -> Iterator[StoredObject]:
        if key and not key.endswith("/"):
            # of all keys that begin with this one, it comes first
            yield from (found for found in self._beginning_with(key, 1) if found.uri == self.uri(key))
            key += "/"
        below = self._beginning_with(key)
        yield from sorted(islice(below, SORTED), key=lambda found: found.uri)
        yield from below

    def _beginning_with(self, prefix: str, limit: int | None = None) -> Iterator[StoredObject]:
        """By botocore: obstore gives up a whole listing for one key that it cannot name."""
        pages = self.connection.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix, PaginationConfig={"MaxItems": limit, "PageSize": limit}
        )
        with self._explained(prefix):
            for page in pages:
                yield from map(self._stored, page.get("Contents", ()))

    def _stored(self, listed: dict[str, Any]) -> StoredObject:
        return StoredObject(self.uri(listed["Key"]), listed["Size"], listed["LastModified"].astimezone(UTC))

    def folder_names(self, prefix: str) -> list[str]:
        pages = self.connection.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix, Delimiter="/"
        )
        with self._explained(prefix):
            found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]
        return sorted(each.removeprefix(prefix).rstrip("/") for each in found)

    def exists(self, key: str) -> bool:
        folder = key if not key or key.endswith("/") else key + "/"
        return any(
            found.uri == self.uri(key) or found.uri.startswith(self.uri(folder))
            for prefix in dict.fromkeys((key, folder))
            for found in self._beginning_with(prefix, 1)
        )

    def open_read(self, key: str) -> BinaryIO:
        with self._explained(key):
            chunks = self._transfer(key).chunks(key)
        return cast(BinaryIO, io.BufferedReader(ChunkStream(self._watched(key, chunks)), CHUNK_BYTES))

    def _watched(self, key: str, chunks: Iterator[memoryview]) -> Iterator[memoryview]:
        with self._explained(key):
            yield from chunks

    def read_range(self, key: str, start: int, length: int) -> bytes:
        with self._explained(key):
            try:
                return self._transfer(key).range(key, start, max(length, 1))[:length]
            except LIBRARY_ERRORS as error:
                if Answer.of(error).status == 416:  # start is behind the end
                    return b""
                raise

    def write_bytes(self, key: str, data: bytes) -> None:
        with self._explained(key):
            self._transfer(key).put(key, data)

    def write_stream(self, key: str, stream: BinaryIO) -> None:
        with self._explained(key):
            self._transfer(key).send(key, stream)

    def delete(self, key: str) -> None:
        with self._explained(key):
            self.exact.delete(key)

    def _transfer(self, key: str) -> Transfer:
        return self.plain if is_plain(key) else self.exact

    def missing(self, key: str) -> NotFoundError:
        """Says what the nearest prefix holds that has objects; the bucket itself may be empty."""
        parents = [key[:end] for end in range(len(key) - 1, 0, -1) if key[end - 1] == "/"]
        parent = next((p for p in parents if any(self._beginning_with(p, 1))), "")
        found = islice(self._beginning_with(parent), LOOKED_AT)
        names = {_first_name(stored.uri.removeprefix(self.uri(parent))) for stored in found}
        wanted = _first_name(key.removeprefix(parent)).rstrip("/")
        place = f"endpoint {self.connection.endpoint}"
        return not_found(self.uri(key), parent=self.uri(parent), names=names, wanted=wanted, place=place)

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Turns what the libraries raise into leeboard's errors."""
        try:
            yield
        except LIBRARY_ERRORS as error:
            if is_missing_key(error):
                raise self.missing(key) from error
            raise explanation(error, self.name, self.uri(key), self.connection) from error


def _first_name(key: str) -> str:
    name, slash, _ = key.partition("/")
    return name + slash
