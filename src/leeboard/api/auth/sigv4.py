"""Signature version 4, computed again from a request as it came.

The canonical form is botocore's, and a test holds the two against each other. It is put together here because
botocore's takes a URL apart, where `#` and blanks could make it sign less than what the server then serves.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from botocore.utils import normalize_url_path

from leeboard.api.auth.head import Head
from leeboard.api.auth.signatures import ALGORITHM, Signature


def expected_signature(head: Head, signature: Signature, secret: str, body_hash: str) -> str:
    """The signature that the request has to bear, if this secret signed it."""
    canonical = sha256(_canonical(head, signature, body_hash).encode()).hexdigest()
    scope = f"{signature.day}/{signature.region}/{signature.service}/aws4_request"
    text = f"{ALGORITHM}\n{signature.stamp}\n{scope}\n{canonical}"
    key = signing_key(secret, signature.day, signature.region, signature.service)
    return hmac.digest(key, text.encode(), "sha256").hex()


@lru_cache(maxsize=256)
def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """The key of one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _canonical(head: Head, signature: Signature, body_hash: str) -> str:
    headers = "".join([f"{name}:{' '.join(head.headers[name].split())}\n" for name in signature.signed])
    return "\n".join(
        (
            head.method,
            head.path if signature.service == "s3" else _canonical_path(head.path),
            _canonical_query(head.query),
            headers,
            ";".join(signature.signed),
            body_hash,
        )
    )


@lru_cache(maxsize=1024)
def _canonical_path(path: str) -> str:
    return quote(normalize_url_path(path), safe="/~")


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature")
