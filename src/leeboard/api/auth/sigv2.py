"""Signature version 2 in S3's URLs, which boto3 still makes in us-east-1."""

import hmac
from base64 import b64encode
from urllib.parse import SplitResult, unquote

from botocore.auth import HmacV1QueryAuth
from botocore.credentials import Credentials

from leeboard.api.auth.head import Head
from leeboard.api.auth.signatures import Signature

_STANDARD = ("content-md5", "content-type")


def expected_old_signature(head: Head, signature: Signature, secret: str) -> str:
    """The signature that an old URL has to bear, if this secret signed it."""
    headers = _signed_headers(head)
    lines = [head.method, *(headers.get(name, "") for name in _STANDARD), str(signature.expires)]
    lines += [f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-amz-")]
    signer = HmacV1QueryAuth(Credentials(signature.access_key, secret))
    resource = signer.canonical_resource(SplitResult("", "", head.path, head.query, ""))
    text = "\n".join([*lines, resource])
    return b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()


def _signed_headers(head: Head) -> dict[str, str]:
    """The headers that count, of which boto3 repeats in the URL those that it knew when it signed."""
    found: dict[str, str] = {}
    for part in head.query.split("&"):
        name, _, value = part.partition("=")
        if name in _STANDARD or name.startswith("x-amz-"):
            found[name] = unquote(value)
    sent = {n: v.strip() for n, v in head.headers.items() if n in _STANDARD or n.startswith("x-amz-")}
    return found | sent
