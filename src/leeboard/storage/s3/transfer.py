"""The two ways to move the bytes of an object: obstore's fast one, and botocore's for any key."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from mimetypes import guess_type
from typing import Any, BinaryIO, Protocol

import obstore
from obstore.store import S3Store

CHUNK_BYTES = 1 << 20


class Transfer(Protocol):
    """Moves objects of one bucket."""

    def chunks(self, key: str) -> Iterator[memoryview]:
        """The object piece by piece; the request is made at once."""

    def range(self, key: str, start: int, length: int) -> bytes: ...

    def put(self, key: str, data: bytes) -> None: ...

    def send(self, key: str, stream: BinaryIO) -> None:
        """What is left of a stream; in parts if it is large."""


def is_plain(key: str) -> bool:
    """Whether obstore can name the key.

    It cannot if a name in it is empty, `.` or `..` or has control characters. Empty ones are
    common: SageMaker writes `//` where a destination ends with a slash.
    """
    return key.isprintable() and all(name not in ("", ".", "..") for name in key.split("/"))


@dataclass(frozen=True, slots=True)
class PlainTransfer:
    """For keys that are plain."""

    store: S3Store

    def chunks(self, key: str) -> Iterator[memoryview]:
        stream = obstore.get(self.store, key).stream(min_chunk_size=CHUNK_BYTES)
        return (memoryview(chunk) for chunk in stream)

    def range(self, key: str, start: int, length: int) -> bytes:
        return bytes(obstore.get_range(self.store, key, start=start, length=length))

    def put(self, key: str, data: bytes) -> None:
        obstore.put(self.store, key, data, attributes={"Content-Type": content_type(key)})

    def send(self, key: str, stream: BinaryIO) -> None:
        obstore.put(self.store, key, stream, attributes={"Content-Type": content_type(key)})


@dataclass(frozen=True, slots=True)
class ExactTransfer:
    """For all keys, as they are."""

    client: Any
    bucket: str

    def chunks(self, key: str) -> Iterator[memoryview]:
        body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        return (memoryview(chunk) for chunk in body.iter_chunks(CHUNK_BYTES))

    def range(self, key: str, start: int, length: int) -> bytes:
        wanted = f"bytes={start}-{start + length - 1}"
        return bytes(self.client.get_object(Bucket=self.bucket, Key=key, Range=wanted)["Body"].read())

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type(key))

    def send(self, key: str, stream: BinaryIO) -> None:
        """In one request, so that S3 takes no more than 5 GiB: such keys are rare."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=stream, ContentType=content_type(key))

    def delete(self, key: str) -> None:
        """S3 does not say whether there was such an object."""
        self.client.delete_object(Bucket=self.bucket, Key=key)


def content_type(key: str) -> str:
    """By the ending of the name, so that a browser shows a report rather than saving it."""
    return guess_type(key)[0] or "application/octet-stream"


class ChunkStream(io.RawIOBase):
    """A raw stream over chunks; holds one of them."""

    def __init__(self, chunks: Iterator[memoryview]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def readall(self) -> bytes:
        rest, self._rest = self._rest, memoryview(b"")
        return b"".join([rest, *self._chunks])

    def close(self) -> None:
        self._chunks, self._rest = iter(()), memoryview(b"")
        super().close()
