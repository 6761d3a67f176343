"""A body on its way in: taken out of its wrapping, and held against the sums that came with it."""

import hashlib
import hmac
import re
import zlib
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Mapping
from typing import Protocol

from leeboard.api.auth import check_body_hash
from leeboard.api.s3.chunked import ChunkedBody
from leeboard.api.s3.refusals import refusal
from leeboard.formats.whole_number import whole_number

CHECKSUM = "x-amz-checksum-"


class Digest(Protocol):
    """A sum over bytes."""

    def update(self, data: bytes | memoryview, /) -> None: ...
    def digest(self) -> bytes: ...


class Crc32:
    """The library's."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes | memoryview, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


def _crc32c() -> Digest:
    from leeboard.api.s3.crc import crc32c  # loads numpy, which few requests need

    return crc32c()


def _crc64nvme() -> Digest:
    from leeboard.api.s3.crc import crc64nvme

    return crc64nvme()


DIGESTS: dict[str, Callable[[], Digest]] = {
    "crc32": Crc32,
    "crc32c": _crc32c,
    "crc64nvme": _crc64nvme,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "md5": lambda: hashlib.md5(usedforsecurity=False),
}


class Incoming:
    """The bytes of one body.

    Args:
        headers: of the request.
        body_hash: what the signature says of the body: a SHA-256 in hex, or a word.
    """

    def __init__(self, headers: Mapping[str, str], body_hash: str) -> None:
        self._headers = headers
        self._sha256 = body_hash if re.fullmatch("[0-9a-f]{64}", body_hash) else None
        self._chunked = ChunkedBody() if body_hash.startswith("STREAMING-") else None
        self._n_bytes = 0
        self._declared = [name for name in DIGESTS if CHECKSUM + name in headers]
        trailer = headers.get("x-amz-trailer", "").strip().lower().removeprefix(CHECKSUM)
        wanted = {*self._declared, trailer} & DIGESTS.keys()
        wanted |= {"md5"} if "content-md5" in headers else set()
        wanted |= {"sha256"} if self._sha256 else set()
        self._digests = {name: DIGESTS[name]() for name in wanted}

    def take(self, raw: bytes) -> bytes:
        """The bytes of the object in a piece of the body."""
        data = self._chunked.take(raw) if self._chunked else raw
        self._n_bytes += len(data)
        for digest in self._digests.values():
            digest.update(data)
        return data

    def finish(self) -> dict[str, str]:
        """The checksums of S3 that came and are right, in Base64.

        Raises:
            RefusalError: if a sum differs, or part of the body is missing.
        """
        self._check_length()
        if self._sha256:
            check_body_hash(self._sha256, self._digests["sha256"].digest().hex())
        if "content-md5" in self._headers:
            self._check("md5", self._headers["content-md5"])
        trailer = self._chunked.trailer if self._chunked else {}
        said = {name: self._headers[CHECKSUM + name] for name in self._declared}
        said |= {name: trailer[CHECKSUM + name] for name in DIGESTS if CHECKSUM + name in trailer}
        for name, value in said.items():
            self._check(name, value)
        return said

    def _check_length(self) -> None:
        if self._chunked:
            self._chunked.rest()
            if not self._chunked.is_complete:
                raise refusal("IncompleteBody", "the body ended before its last piece")
        declared = self._headers.get("x-amz-decoded-content-length", "")
        if self._chunked and declared.isdecimal() and whole_number(declared) != self._n_bytes:
            raise refusal(
                "IncompleteBody", f"the body has {self._n_bytes} bytes and was announced with {declared}"
            )

    def _check(self, name: str, value: str) -> None:
        if name not in self._digests:
            raise refusal("InvalidRequest", f"x-amz-trailer does not announce the {name} sum that came")
        check_sum(name, value, self._digests[name])


def check_sum(name: str, value: str, digest: Digest) -> None:
    """Refuses bytes whose sum is not the one that came with them, in Base64."""
    try:
        wanted = b64decode(value, validate=True)
    except (Error, ValueError) as error:
        raise refusal("InvalidDigest", f"the {name} sum that came is not Base64") from error
    found = digest.digest()
    if not hmac.compare_digest(wanted, found):
        raise refusal(
            "BadDigest",
            f"the {name} sum that came, {value[:88]}, does not match that of the bytes, "
            f"{b64encode(found).decode()}",
        )
