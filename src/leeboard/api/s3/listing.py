"""Listings of the objects of a bucket."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable
from urllib.parse import quote

from leeboard.api.s3.answers import Answer
from leeboard.api.s3.buckets import owner
from leeboard.api.s3.call import S3Call
from leeboard.api.s3.documents import around, document, moment, tag
from leeboard.api.s3.refusals import refusal
from leeboard.storage.objects.folder import ObjectInfo
from leeboard.storage.objects.listing import Page, page
from leeboard.storage.objects.names import check_text

MOST = 1000


def list_objects_v2(call: S3Call) -> Answer:
    """The newer one, with tokens."""
    query = call.request.query
    token = query.get("continuation-token")
    found = _page(call, _from_token(token) if token is not None else query.get("start-after", ""))
    n_found = len(found.objects) + len(found.prefixes)
    own = [tag("KeyCount", n_found)]
    own += [tag("StartAfter", _encoder(call)(query["start-after"]))] if "start-after" in query else []
    own += [tag("ContinuationToken", token)] if token is not None else []
    own += [tag("NextContinuationToken", _token(found.last))] if found.last is not None else []
    return _document(call, found, own, with_owner=query.get("fetch-owner") == "true")


def list_objects(call: S3Call) -> Answer:
    """The older one, with markers."""
    marker, code = call.request.query.get("marker", ""), _encoder(call)
    found = _page(call, marker)
    own = [tag("Marker", code(marker))]
    if found.last is not None:
        own.append(tag("NextMarker", code(found.last)))
    return _document(call, found, own, with_owner=True)


def _page(call: S3Call, after: str) -> Page:
    query = call.request.query
    return page(
        call.folder,
        call.bucket,
        prefix=query.get("prefix", ""),
        delimiter=query.get("delimiter", ""),
        after=check_text(after),
        limit=call.request.number("max-keys", MOST, most=MOST),
    )


def _document(call: S3Call, found: Page, own: list[str], *, with_owner: bool) -> Answer:
    query, code = call.request.query, _encoder(call)
    head = [
        tag("Name", call.bucket),
        tag("Prefix", code(query.get("prefix", ""))),
        *own,
        tag("MaxKeys", call.request.number("max-keys", MOST, most=MOST)),
        tag("IsTruncated", "true" if found.last is not None else "false"),
    ]
    head += [tag("Delimiter", code(query["delimiter"]))] if query.get("delimiter") else []
    head += [tag("EncodingType", "url")] if query.get("encoding-type") else []
    contents = (_contents(call, info, code, with_owner=with_owner) for info in found.objects)
    commons = (around("CommonPrefixes", (tag("Prefix", code(each)),)) for each in found.prefixes)
    return document("ListBucketResult", *head, *contents, *commons)


def _contents(call: S3Call, info: ObjectInfo, code: Callable[[str], str], *, with_owner: bool) -> str:
    inner = [
        tag("Key", code(info.key)),
        tag("LastModified", moment(info.modified_at)),
        tag("ETag", f'"{info.facts.etag}"'),
        tag("Size", info.size_bytes),
        *([owner(call)] if with_owner else []),
        tag("StorageClass", "STANDARD"),
    ]
    return around("Contents", inner)


def _encoder(call: S3Call) -> Callable[[str], str]:
    return encoder(call.request.query.get("encoding-type"))


def encoder(kind: str | None) -> Callable[[str], str]:
    """How keys are written."""
    if kind not in (None, "", "url"):
        raise refusal("InvalidArgument", f"encoding-type {kind[:40]!r} is not known; it may be url")
    return quote if kind else str


def _token(last: str) -> str:
    return urlsafe_b64encode(last.encode()).decode()


def _from_token(token: str) -> str:
    try:
        return urlsafe_b64decode(token.encode()).decode()
    except (Error, ValueError) as error:
        raise refusal("InvalidArgument", "the continuation token is not one of ours") from error
