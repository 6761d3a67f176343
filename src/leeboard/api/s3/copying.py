"""Copies of objects, and of ranges of them as parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import parse_qs, unquote_to_bytes

from leeboard.api.s3.answers import Answer
from leeboard.api.s3.call import S3Call
from leeboard.api.s3.conditions import check_source, condition_of
from leeboard.api.s3.documents import document, moment, tag
from leeboard.api.s3.multipart import found_upload, part_number
from leeboard.api.s3.ranges import copied_range
from leeboard.api.s3.refusals import not_implemented, refusal
from leeboard.storage.objects.facts import Facts
from leeboard.storage.objects.folder import ObjectInfo

SOURCE = "x-amz-copy-source"


def copy_object(call: S3Call) -> Answer:
    """With the facts of the source, or those of the request."""
    directive = call.request.headers.get("x-amz-metadata-directive", "COPY").upper()
    if directive not in ("COPY", "REPLACE"):
        raise refusal(
            "InvalidArgument", f"x-amz-metadata-directive {directive[:40]!r} is not COPY or REPLACE"
        )
    if _source(call) == (call.bucket, call.key) and directive == "COPY":
        raise refusal("InvalidRequest", "a copy onto itself must replace the metadata")
    with _opened_source(call) as (stream, source), call.folder.draft() as draft:
        draft.copy(stream)
        facts = replace(source.facts, etag=draft.md5)
        if directive == "REPLACE":
            facts = Facts(
                etag=draft.md5,
                headers=call.request.object_headers(),
                metadata=call.request.metadata(),
                checksums=facts.checksums,
            )
        info = call.folder.put(call.bucket, call.key, draft, facts, condition_of(call.request.headers))
    return document(
        "CopyObjectResult", tag("ETag", f'"{facts.etag}"'), tag("LastModified", moment(info.modified_at))
    )


def upload_part_copy(call: S3Call) -> Answer:
    """Part of a multipart upload from an object that is here."""
    upload = found_upload(call)
    with _opened_source(call) as (stream, source), call.folder.draft() as draft:
        wanted = copied_range(call.request.headers.get(SOURCE + "-range"), source.size_bytes)
        stream.seek(wanted.start)
        draft.copy(stream, len(wanted))
        etag = call.uploads.add_part(upload, part_number(call), draft)
    return document("CopyPartResult", tag("ETag", f'"{etag}"'), tag("LastModified", moment(call.now)))


@contextmanager
def _opened_source(call: S3Call) -> Iterator[tuple[BinaryIO, ObjectInfo]]:
    stream, info = call.folder.open(*_source(call))
    try:
        check_source(call.request.headers, info)
        yield stream, info
    finally:
        stream.close()


def _source(call: S3Call) -> tuple[str, str]:
    """Bucket and key."""
    path, _, query = call.request.headers[SOURCE].partition("?")
    if parse_qs(query).get("versionId", ["null"]) != ["null"]:
        raise not_implemented("versions of objects")
    try:
        bucket, _, key = unquote_to_bytes(path).decode().removeprefix("/").partition("/")
    except UnicodeDecodeError as error:
        raise refusal("InvalidArgument", f"{SOURCE} is not UTF-8") from error
    if not bucket or not key:
        raise refusal("InvalidArgument", f"{SOURCE} must be /BUCKET/KEY, percent-encoded")
    return bucket, key
