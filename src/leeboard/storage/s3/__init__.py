"""Amazon S3, and any server that speaks its protocol.

Endpoint, region and credentials are those that the AWS command line would take: environment,
profile, configuration files, single sign-on, container, instance. If LEEBOARD_OBJECTS names a
folder, all buckets are folders in it and no server is asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from leeboard.errors import InputError, NotFoundError
from leeboard.storage import Scheme, StoredObject

if TYPE_CHECKING:
    from leeboard.storage.s3.bucket import Bucket
    from leeboard.storage.s3.folder import FolderBucket

OBJECTS = "LEEBOARD_OBJECTS"


def list_objects(uri: str) -> Iterator[StoredObject]:
    """An object and a prefix may share a name; then both count."""
    bucket, key = _place(uri)
    return bucket.list_objects(key)


def folder_names(uri: str) -> list[str]:
    """What is before the next slash of the keys below the prefix."""
    bucket, key = _place(uri)
    return bucket.folder_names(key if not key or key.endswith("/") else key + "/")


def open_read(uri: str) -> BinaryIO:
    """One request, read as it comes; not seekable."""
    bucket, key = _object(uri)
    return bucket.open_read(key)


def read_range(uri: str, start: int, length: int) -> bytes:
    """One request."""
    bucket, key = _object(uri)
    return bucket.read_range(key, start, length)


def write_bytes(uri: str, data: bytes) -> None:
    """Large objects go up in parts, which show only when all of them have arrived."""
    bucket, key = _object(uri)
    bucket.write_bytes(key, data)


def write_stream(uri: str, stream: BinaryIO) -> None:
    """The same from a stream, a part in memory at a time."""
    bucket, key = _object(uri)
    bucket.write_stream(key, stream)


def exists(uri: str) -> bool:
    """An object, or a prefix with objects below it."""
    bucket, key = _place(uri)
    return bucket.exists(key)


def delete(uri: str) -> None:
    """One request; in a bucket that keeps versions, the older ones stay."""
    bucket, key = _object(uri)
    bucket.delete(key)


def missing(uri: str) -> NotFoundError:
    """Names the nearest prefix that has objects."""
    bucket, key = _place(uri)
    return bucket.missing(key)


def _place(uri: str) -> tuple[Bucket | FolderBucket, str]:
    name, _, key = uri.partition("://")[2].partition("/")
    if not name:
        raise InputError(f"{uri} has no bucket; S3 URIs are s3://bucket/key")
    folder = os.environ.get(OBJECTS)
    if folder:
        from leeboard.storage.s3.folder import open_folder_bucket

        return open_folder_bucket(name, folder), key
    # late, as this module is loaded for local paths too and the S3 libraries are slow to import
    from leeboard.storage.s3.bucket import open_bucket

    return open_bucket(name), key


def _object(uri: str) -> tuple[Bucket | FolderBucket, str]:
    bucket, key = _place(uri)
    if not key:
        raise InputError(f"{uri} is a whole bucket; name an object in it, as in s3://{bucket.name}/key")
    return bucket, key


ENTRY = Scheme(
    "s3",
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
