"""Operations on objects."""

from email.utils import formatdate

from leeboard.api.s3.answers import PIECE_BYTES, Answer, Rest
from leeboard.api.s3.call import S3Call
from leeboard.api.s3.conditions import condition_of, is_unchanged
from leeboard.api.s3.documents import around, children, document, malformed, read, tag, text_of
from leeboard.api.s3.incoming import CHECKSUM
from leeboard.api.s3.ranges import wanted_range
from leeboard.api.s3.refusals import as_refusal, not_implemented
from leeboard.api.s3.request import KEPT, META
from leeboard.service.refusals import RefusalError
from leeboard.storage.objects.facts import Facts
from leeboard.storage.objects.folder import ObjectInfo
from leeboard.storage.objects.refusals import ObjectRefusedError

N_DELETED = 1000
OVERRIDES = "response-"
APART = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox allow-scripts allow-popups"}
"""A page that somebody stored may not act as a page of the server, which is at the same address."""


def put_object(call: S3Call) -> Answer:
    """Stores the body."""
    condition = condition_of(call.request.headers)
    with call.draft() as draft:
        facts = Facts(
            etag=draft.md5,
            headers=call.request.object_headers(),
            metadata=call.request.metadata(),
            checksums=call.spool.checksums,
        )
        call.folder.put(call.bucket, call.key, draft, facts, condition)
    checksums = {CHECKSUM + name: value for name, value in facts.checksums.items()}
    return Answer(headers={"etag": f'"{facts.etag}"', **checksums})


def get_object(call: S3Call) -> Answer:
    """The object, or a range of it."""
    stream, info = call.folder.open(call.bucket, call.key)
    try:
        answer, wanted = _head(call, info)
        if answer.status == 304 or not wanted:
            stream.close()
            return answer
        stream.seek(wanted.start)
        answer.body = stream.read(min(len(wanted), PIECE_BYTES))
        left = len(wanted) - len(answer.body)
        if left:
            answer.rest = Rest(stream, left)
        else:
            stream.close()
        return answer
    except BaseException:
        stream.close()
        raise


def head_object(call: S3Call) -> Answer:
    """What `get_object` answers, without the bytes."""
    return _head(call, call.folder.info(call.bucket, call.key))[0]


def _head(call: S3Call, info: ObjectInfo) -> tuple[Answer, range]:
    """Status and headers, and which bytes are meant."""
    request = call.request
    if request.query.get("partNumber"):
        raise not_implemented("reading one part of an object")
    unchanged = is_unchanged(request.headers, info)
    if unchanged:
        return Answer(304, {"etag": f'"{info.facts.etag}"', "last-modified": _modified(info)}), range(0)
    is_same = request.headers.get("if-range", info.facts.etag).strip('"') == info.facts.etag
    part = wanted_range(request.headers.get("range") if is_same else None, info.size_bytes)
    wanted = range(info.size_bytes) if part is None else part
    headers = {
        "content-type": "binary/octet-stream",
        **info.facts.headers,
        "etag": f'"{info.facts.etag}"',
        "last-modified": _modified(info),
        "accept-ranges": "bytes",
        "content-length": str(len(wanted)),
        **{META + name: value for name, value in info.facts.metadata.items()},
        **_overrides(call),
        **APART,
    }
    if part is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{info.size_bytes}"
    elif request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
        headers |= {CHECKSUM + name: value for name, value in info.facts.checksums.items()}
    return Answer(200 if part is None else 206, headers), wanted


def _modified(info: ObjectInfo) -> str:
    return formatdate(info.identity.modified_ns // 10**9, usegmt=True)


def _overrides(call: S3Call) -> dict[str, str]:
    """Headers that the (signed) request wants to see in place of those of the object."""
    query = call.request.query
    return {name: query[OVERRIDES + name] for name in KEPT if query.get(OVERRIDES + name)}


def delete_object(call: S3Call) -> Answer:
    """One that is not there is no error."""
    call.folder.delete(call.bucket, call.key, condition_of(call.request.headers))
    return Answer(204)


def delete_objects(call: S3Call) -> Answer:
    """Up to 1,000; each has its own result."""
    root = read(call.body, "Delete")
    keys = [text_of(each, "Key") for each in children(root, "Object")]
    if not keys or len(keys) > N_DELETED or None in keys:
        raise malformed(f"<Delete> names {len(keys)} keys; it must name 1 to {N_DELETED}")
    is_quiet = (text_of(root, "Quiet") or "").strip() == "true"
    with call.folder.buckets.opened(call.bucket):
        results = [_deleted(call, key, is_quiet=is_quiet) for key in keys if key is not None]
    return document("DeleteResult", *results)


def _deleted(call: S3Call, key: str, *, is_quiet: bool) -> str:
    try:
        call.folder.delete(call.bucket, key)
    except (ObjectRefusedError, OSError) as error:
        said = as_refusal(error) or RefusalError(str(error), code="InternalError")
        return around("Error", (tag("Key", key), tag("Code", said.code), tag("Message", said.message)))
    return "" if is_quiet else around("Deleted", (tag("Key", key),))


def get_object_tagging(call: S3Call) -> Answer:
    """No object has tags."""
    call.folder.info(call.bucket, call.key)
    return document("Tagging", around("TagSet", ()))
