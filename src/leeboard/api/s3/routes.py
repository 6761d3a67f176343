"""Which operation a request asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from leeboard.api.s3 import buckets, copying, listing, multipart, objects
from leeboard.api.s3.answers import Answer
from leeboard.api.s3.call import S3Call
from leeboard.api.s3.refusals import not_implemented, refusal
from leeboard.api.s3.request import S3Request


class Body(Enum):
    """What an operation does with the body of its request."""

    NONE = "none"
    XML = "xml"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Operation:
    """One of S3's.

    Args:
        is_slow: it may take longer than a client waits, so that the answer begins before it is done.
        has_object_sums: checksums in its headers are of the object that it makes, not of its body.
    """

    run: Callable[[S3Call], Answer]
    body: Body = Body.NONE
    is_slow: bool = False
    has_object_sums: bool = False


ROUTES: dict[tuple[str, str, str], Operation] = {
    ("GET", "service", ""): Operation(buckets.list_buckets),
    ("PUT", "bucket", ""): Operation(buckets.create_bucket, Body.XML),
    ("HEAD", "bucket", ""): Operation(buckets.head_bucket),
    ("DELETE", "bucket", ""): Operation(buckets.delete_bucket),
    ("GET", "bucket", ""): Operation(listing.list_objects),
    ("GET", "bucket", "list-type"): Operation(listing.list_objects_v2),
    ("GET", "bucket", "location"): Operation(buckets.get_location),
    ("GET", "bucket", "versioning"): Operation(buckets.get_versioning),
    ("GET", "bucket", "tagging"): Operation(buckets.get_bucket_tagging),
    ("GET", "bucket", "uploads"): Operation(multipart.list_multipart_uploads),
    ("POST", "bucket", "delete"): Operation(objects.delete_objects, Body.XML),
    ("PUT", "object", ""): Operation(objects.put_object, Body.OBJECT),
    ("PUT", "object", "copy"): Operation(copying.copy_object, is_slow=True),
    ("GET", "object", ""): Operation(objects.get_object),
    ("HEAD", "object", ""): Operation(objects.head_object),
    ("DELETE", "object", ""): Operation(objects.delete_object),
    ("GET", "object", "tagging"): Operation(objects.get_object_tagging),
    ("POST", "object", "uploads"): Operation(multipart.create_multipart_upload),
    ("PUT", "object", "uploadId"): Operation(multipart.upload_part, Body.OBJECT),
    ("PUT", "object", "uploadId copy"): Operation(copying.upload_part_copy, is_slow=True),
    ("POST", "object", "uploadId"): Operation(
        multipart.complete_multipart_upload, Body.XML, is_slow=True, has_object_sums=True
    ),
    ("DELETE", "object", "uploadId"): Operation(multipart.abort_multipart_upload),
    ("GET", "object", "uploadId"): Operation(multipart.list_parts),
}

SUBRESOURCES = frozenset(
    [
        "accelerate",
        "acl",
        "analytics",
        "attributes",
        "cors",
        "delete",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "legal-hold",
        "lifecycle",
        "list-type",
        "location",
        "logging",
        "metadataConfiguration",
        "metadataTable",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "renameObject",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "session",
        "tagging",
        "torrent",
        "uploadId",
        "uploads",
        "versioning",
        "versions",
        "website",
    ]
)
"""Words of a query that ask for something else than the bucket or object itself."""

REFUSED_HEADERS = (
    "x-amz-tagging",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-legal-hold",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-write",
    "x-amz-write-offset-bytes",
)
OWN_ACLS = ("", "private", "bucket-owner-full-control", "bucket-owner-read")


def operation_of(request: S3Request) -> Operation:
    """The operation.

    Raises:
        RefusalError: NotImplemented, naming what was asked for.
    """
    level = "object" if request.key else "bucket" if request.bucket else "service"
    wanted = sorted(SUBRESOURCES & request.query.keys())
    if len(wanted) > 1:
        raise refusal("InvalidArgument", f"a request cannot ask for {' and '.join(wanted)} at once")
    what = wanted[0] if wanted else ""
    if level == "object" and request.method == "PUT" and "x-amz-copy-source" in request.headers:
        what = f"{what} copy".strip()
    found = ROUTES.get((request.method, level, what))
    if found is None:
        raise not_implemented(f"{request.method} of {what or 'the thing itself'} of a {level}")
    if request.method in ("PUT", "POST"):
        _check_headers(request)
    if request.query.get("versionId", "null") != "null":
        raise not_implemented("versions of objects")
    return found


def _check_headers(request: S3Request) -> None:
    """Refuses wishes that would go unfulfilled without a word."""
    for name in REFUSED_HEADERS:
        if name in request.headers:
            raise not_implemented(f"the header {name}")
    if request.headers.get("x-amz-server-side-encryption", "AES256") != "AES256":
        raise not_implemented("encryption with keys of KMS")
    if request.headers.get("x-amz-acl", "") not in OWN_ACLS:
        raise not_implemented("access for others than the owner of the bucket (x-amz-acl)")
