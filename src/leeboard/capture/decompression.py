"""Compressed bodies as what they stand for, so that text is captured as text."""

import zlib

WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def decompressed(body: bytes, coding: str | None, max_bytes: int) -> bytes:
    """The body without its content coding; as it is if the coding is strange, broken, or makes too much.

    >>> decompressed(b"1,2", None, 100)
    b'1,2'
    """
    window = WINDOWS.get((coding or "").strip().lower())
    if window is None:
        return body
    inflater = zlib.decompressobj(window)
    try:
        text = inflater.decompress(body, max_bytes)
    except zlib.error:
        return body
    return text if inflater.eof and not inflater.unused_data else body
