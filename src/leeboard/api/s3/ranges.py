"""Which bytes of an object are asked for."""

import re

from leeboard.api.s3.refusals import refusal

_RANGE = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*")


def wanted_range(header: str | None, size_bytes: int) -> range | None:
    """Positions; None for all of it, as for several ranges and for what is no range.

    Raises:
        RefusalError: InvalidRange, if the object ends before.
    """
    match = _RANGE.fullmatch(header or "")
    if not match or match[0].strip() == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(size_bytes, int(last) + 1) if last else size_bytes
        if last and int(last) < start:
            return None
    if start >= end:
        raise refusal("InvalidRange", f"the object has {size_bytes} bytes, none of them in {header}", 416)
    return range(start, end)


def copied_range(header: str | None, size_bytes: int) -> range:
    """That of a copy, which must lie in the object."""
    if header is None:
        return range(size_bytes)
    match = re.fullmatch(r"bytes=(\d{1,19})-(\d{1,19})", header)
    if not match or not int(match[1]) <= int(match[2]) < size_bytes:
        raise refusal("InvalidArgument", f"{header[:80]!r} is no range of an object of {size_bytes} bytes")
    return range(int(match[1]), int(match[2]) + 1)
