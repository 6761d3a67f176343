"""One request, read as S3 reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, unquote_to_bytes

from leeboard.api.auth import Head
from leeboard.api.s3.refusals import refusal
from leeboard.formats.whole_number import whole_number

N_FIELDS = 100
META = "x-amz-meta-"
META_BYTES = 2048
KEPT = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)
"""Headers that belong to an object and come back with it."""


@dataclass(frozen=True, slots=True)
class S3Request:
    """Bucket, key and what is asked of them.

    Attributes:
        bucket: empty if the request is about all buckets.
        key: empty if it is about the bucket.
        query: decoded.
        headers: by name in small letters.
    """

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, head: Head) -> Self:
        """Reads path and query.

        Raises:
            RefusalError: if they are not UTF-8.
        """
        try:
            bucket, _, key = unquote_to_bytes(head.path).decode()[1:].partition("/")
            fields = parse_qsl(head.query, keep_blank_values=True, errors="strict", max_num_fields=N_FIELDS)
        except ValueError as error:  # UnicodeDecodeError is one
            raise refusal("InvalidURI", "the path or the query cannot be read as UTF-8") from error
        return cls(head.method, bucket, key, dict(fields), head.headers)

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number of the query, cut at `most`."""
        text = self.query.get(name, "")
        if not text:
            return default
        number = whole_number(text, most=10**10 - 1)
        if number is None:
            raise refusal("InvalidArgument", f"{name}={text[:40]!r} is not a whole number from 0 on")
        return min(number, most)

    def object_headers(self) -> dict[str, str]:
        """Those that are kept with an object."""
        found = {name: self.headers[name] for name in KEPT if self.headers.get(name)}
        codings = [c.strip() for c in found.pop("content-encoding", "").split(",")]
        codings = [coding for coding in codings if coding not in ("", "aws-chunked")]
        return {**found, **({"content-encoding": ",".join(codings)} if codings else {})}

    def metadata(self) -> dict[str, str]:
        """The user's own.

        Raises:
            RefusalError: if there is more than S3 takes.
        """
        found = {name.removeprefix(META): v for name, v in self.headers.items() if name.startswith(META)}
        n_bytes = sum(len(name) + len(value) for name, value in found.items())
        if n_bytes > META_BYTES:
            raise refusal(
                "MetadataTooLarge", f"the metadata have {n_bytes} bytes; they may have {META_BYTES}"
            )
        return found
