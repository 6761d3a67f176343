"""Multipart uploads."""

from xml.etree.ElementTree import Element

from leeboard.api.s3.answers import Answer
from leeboard.api.s3.buckets import owner
from leeboard.api.s3.call import S3Call
from leeboard.api.s3.conditions import condition_of
from leeboard.api.s3.documents import around, children, document, malformed, moment, read, tag, text_of
from leeboard.api.s3.incoming import CHECKSUM, DIGESTS, check_sum
from leeboard.api.s3.listing import encoder
from leeboard.formats.whole_number import whole_number
from leeboard.storage.objects.uploads import N_PARTS, Part, Upload

MOST = 1000


def found_upload(call: S3Call) -> Upload:
    """The one that the request names."""
    return call.uploads.find(call.bucket, call.key, call.request.query.get("uploadId", ""))


def part_number(call: S3Call) -> int:
    """That of the request; whether it can be is seen later."""
    return call.request.number("partNumber", 0, most=N_PARTS + 1)


def create_multipart_upload(call: S3Call) -> Answer:
    """The facts of the object are told now."""
    upload = call.uploads.start(
        call.bucket,
        call.key,
        now=call.now,
        headers=call.request.object_headers(),
        metadata=call.request.metadata(),
        checksum_algorithm=call.request.headers.get("x-amz-checksum-algorithm"),
    )
    answer = document(
        "InitiateMultipartUploadResult",
        tag("Bucket", call.bucket),
        tag("Key", call.key),
        tag("UploadId", upload.upload_id),
    )
    if upload.checksum_algorithm:
        return Answer(
            headers={**answer.headers, "x-amz-checksum-algorithm": upload.checksum_algorithm},
            body=answer.body,
        )
    return answer


def upload_part(call: S3Call) -> Answer:
    """One of the same number is replaced."""
    upload = found_upload(call)
    with call.draft() as draft:
        etag = call.uploads.add_part(upload, part_number(call), draft)
    checksums = {CHECKSUM + name: value for name, value in call.spool.checksums.items()}
    return Answer(headers={"etag": f'"{etag}"', **checksums})


def complete_multipart_upload(call: S3Call) -> Answer:
    """Makes one object of the parts."""
    upload = found_upload(call)
    root = read(call.body, "CompleteMultipartUpload")
    wanted = [_wanted(part) for part in children(root, "Part")]
    said = _sums_of_object(call)
    digests = {name: DIGESTS[name]() for name in said}

    def checked() -> dict[str, str]:
        for name, value in said.items():
            check_sum(name, value, digests[name])
        return said

    info = call.uploads.complete(
        upload,
        wanted,
        sums=tuple(digest.update for digest in digests.values()),
        checked=checked,
        condition=condition_of(call.request.headers),
    )
    return document(
        "CompleteMultipartUploadResult",
        tag("Location", f"/{call.bucket}/{call.key}"),
        tag("Bucket", call.bucket),
        tag("Key", call.key),
        tag("ETag", f'"{info.facts.etag}"'),
    )


def _sums_of_object(call: S3Call) -> dict[str, str]:
    """Those of the whole; sums of the parts' sums say nothing that the parts' own did not."""
    headers = call.request.headers
    if headers.get("x-amz-checksum-type", "FULL_OBJECT").upper() != "FULL_OBJECT":
        return {}
    found = {name: headers.get(CHECKSUM + name, "") for name in DIGESTS}
    return {name: value for name, value in found.items() if value and "-" not in value}


def _wanted(part: Element) -> tuple[int, str]:
    text, etag = text_of(part, "PartNumber") or "", text_of(part, "ETag") or ""
    number = whole_number(text.strip(), most=10**10 - 1)
    if number is None:
        raise malformed(f"<PartNumber>{text[:40]}</PartNumber> is no number of a part")
    return number, etag.strip().strip('"')


def abort_multipart_upload(call: S3Call) -> Answer:
    """Its parts go."""
    call.uploads.abort(found_upload(call))
    return Answer(204)


def list_parts(call: S3Call) -> Answer:
    """Those that have arrived."""
    upload = found_upload(call)
    most = call.request.number("max-parts", MOST, most=MOST)
    marker = call.request.number("part-number-marker", 0, most=N_PARTS)
    behind = [part for part in call.uploads.parts(upload) if part.number > marker]
    shown = behind[:most]
    return document(
        "ListPartsResult",
        tag("Bucket", call.bucket),
        tag("Key", call.key),
        tag("UploadId", upload.upload_id),
        owner(call, "Initiator"),
        owner(call),
        tag("StorageClass", "STANDARD"),
        tag("PartNumberMarker", marker),
        tag("NextPartNumberMarker", shown[-1].number if shown else marker),
        tag("MaxParts", most),
        tag("IsTruncated", "true" if shown and len(behind) > len(shown) else "false"),
        *map(_part, shown),
    )


def _part(part: Part) -> str:
    inner = (
        tag("PartNumber", part.number),
        tag("LastModified", moment(part.modified_at)),
        tag("ETag", f'"{part.etag}"'),
        tag("Size", part.size_bytes),
    )
    return around("Part", inner)


def list_multipart_uploads(call: S3Call) -> Answer:
    """Those that are neither complete nor aborted."""
    query, code = call.request.query, encoder(call.request.query.get("encoding-type"))
    most = call.request.number("max-uploads", MOST, most=MOST)
    key, upload_id = query.get("key-marker", ""), query.get("upload-id-marker", "")
    found = call.uploads.of_bucket(call.bucket, query.get("prefix", ""))
    behind = [upload for upload in found if not key or _is_behind(upload, key, upload_id, found)]
    shown, is_more = behind[:most], bool(most) and len(behind) > most
    inner = [
        tag("Bucket", call.bucket),
        tag("KeyMarker", code(key)),
        tag("UploadIdMarker", upload_id),
        tag("NextKeyMarker", code(shown[-1].key) if is_more else ""),
        tag("NextUploadIdMarker", shown[-1].upload_id if is_more else ""),
        tag("Prefix", code(query.get("prefix", ""))),
        tag("MaxUploads", most),
        tag("IsTruncated", "true" if is_more else "false"),
        *([tag("EncodingType", "url")] if query.get("encoding-type") else []),
    ]
    return document("ListMultipartUploadsResult", *inner, *(_upload(call, each) for each in shown))


def _is_behind(upload: Upload, key: str, upload_id: str, found: list[Upload]) -> bool:
    if upload.key != key or not upload_id:
        return upload.key.encode() > key.encode()
    marked = next((each for each in found if each.upload_id == upload_id), None)
    return marked is not None and (upload.started_at, upload.upload_id) > (
        marked.started_at,
        marked.upload_id,
    )


def _upload(call: S3Call, upload: Upload) -> str:
    code = encoder(call.request.query.get("encoding-type"))
    inner = (
        tag("Key", code(upload.key)),
        tag("UploadId", upload.upload_id),
        owner(call, "Initiator"),
        owner(call),
        tag("StorageClass", "STANDARD"),
        tag("Initiated", moment(upload.started_at)),
    )
    return around("Upload", inner)
