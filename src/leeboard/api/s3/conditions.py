"""Requests that are done only if the object is, or is not, what the client knows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from leeboard.api.s3.refusals import not_implemented, refusal
from leeboard.storage.objects.folder import NO_CONDITION, Condition, ObjectInfo

COPY = "x-amz-copy-source-"


def is_unchanged(headers: Mapping[str, str], info: ObjectInfo, before: str = "") -> bool:
    """Whether the client has the object already; in the order of RFC 9110.

    Args:
        before: what the names of the headers have in front.

    Raises:
        RefusalError: PreconditionFailed.
    """
    wanted, since = headers.get(before + "if-match"), headers.get(before + "if-unmodified-since")
    if wanted is not None and not _matches(wanted, info):
        raise _failed(before + "if-match")
    if wanted is None and since is not None and _is_newer(info, since):
        raise _failed(before + "if-unmodified-since")
    known, since = headers.get(before + "if-none-match"), headers.get(before + "if-modified-since")
    if known is not None:
        return _matches(known, info)
    return since is not None and not _is_newer(info, since, unreadable=True)


def check_source(headers: Mapping[str, str], info: ObjectInfo) -> None:
    """A copy is not made of what the client has already."""
    if is_unchanged(headers, info, COPY):
        raise _failed(COPY + "if-none-match")


def condition_of(headers: Mapping[str, str]) -> Condition:
    """That of a request which writes or deletes."""
    known, wanted = headers.get("if-none-match"), headers.get("if-match")
    if known is not None and known.strip() != "*":
        raise not_implemented("If-None-Match with anything but * on a request that writes")
    if known is None and wanted is None:
        return NO_CONDITION
    return Condition(is_absent=known is not None, etag=_bare(wanted) if wanted is not None else None)


def _matches(tags: str, info: ObjectInfo) -> bool:
    found = [_bare(tag) for tag in tags.split(",")]
    return "*" in found or info.facts.etag in found


def _bare(tag: str) -> str:
    return tag.strip().removeprefix("W/").strip('"')


def _is_newer(info: ObjectInfo, since: str, *, unreadable: bool = False) -> bool:
    try:
        at = parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return unreadable  # such a header does not count
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return _whole_second(info.modified_at) > at


def _whole_second(at: datetime) -> datetime:
    """As Last-Modified tells it."""
    return at.replace(microsecond=0)


def _failed(header: str) -> Exception:
    return refusal("PreconditionFailed", f"the object is not what {header} asks for", 412)
