"""Decides whether a request was signed by somebody who has one of our keys."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from leeboard.api.auth.head import Head
from leeboard.api.auth.refused import (
    ExpiredUrlError,
    MalformedSignatureError,
    OldRequestError,
    UnknownKeyError,
    UnsignedError,
    WrongSignatureError,
)
from leeboard.api.auth.signatures import Signature, read_signature
from leeboard.api.auth.sigv2 import expected_old_signature
from leeboard.api.auth.sigv4 import expected_signature
from leeboard.service.refusals import RefusalError

MAX_SKEW = timedelta(minutes=15)
MAX_URL_AGE_S = 7 * 24 * 3600
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_HEX = re.compile(r"[0-9a-f]{64}")
_UNSIGNED = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks which service in which region; empty where an open server was asked without a signature.

    Args:
        secret: of the key, by which the signature was found right.
    """

    access_key: str
    service: str
    region: str
    secret: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A request that is verified but for its body.

    Args:
        identity: who asks.
        body_hash: 64 hex digits that the body's SHA-256 must be, or S3's word for an unsigned body.
    """

    identity: Identity
    body_hash: str

    @property
    def is_body_signed(self) -> bool:
        """Whether the body has to be hashed and compared."""
        return _HEX.fullmatch(self.body_hash) is not None


class Verifier:
    """Holds requests against our keys.

    Args:
        find_secret: the secret of an access key id, None if there is no such key; `dict.get` will do.
        is_open: believe every request; what it says of itself is still read.
    """

    def __init__(self, find_secret: Callable[[str], str | None], *, is_open: bool = False) -> None:
        self._find_secret = find_secret
        self._is_open = is_open

    def verify(self, head: Head, body: bytes, now: datetime, signature: Signature | None = None) -> Identity:
        """Who sent this request and body.

        Args:
            signature: of this head, if somebody has read it before.

        Raises:
            AuthError: nobody that we know, or the request is not the one that was signed.
        """
        signature = signature or self._read(head)
        if signature is None:
            return Identity("", "", "")
        if signature.service == "s3":
            return self._verify_object(head, signature, body, now)
        _refuse_unsigned_body(signature)
        actual = sha256(body).hexdigest()
        if signature.declared_hash not in (None, actual) and not self._is_open:
            raise WrongSignatureError(
                "the body is not the one that was signed: its SHA-256 is not what x-amz-content-sha256 says",
                signature.service,
            )
        return self._check(head, signature, actual, now)

    def verify_streamed(self, head: Head, now: datetime) -> Verified:
        """Who sent this request to S3, and what its body must be; for bodies that are read piece by piece.

        Raises:
            AuthError: nobody that we know, or the request is not the one that was signed.
        """
        signature = self._read(head)
        if signature is None:
            return Verified(Identity("", "", ""), UNSIGNED_PAYLOAD)
        if signature.service != "s3":
            raise WrongSignatureError("only S3 may leave its body unsigned", signature.service)
        body_hash = _object_hash(signature)
        return Verified(self._check(head, signature, body_hash, now), body_hash)

    def _verify_object(self, head: Head, signature: Signature, body: bytes, now: datetime) -> Identity:
        body_hash = _object_hash(signature)
        identity = self._check(head, signature, body_hash, now)
        if _HEX.fullmatch(body_hash) and not self._is_open:
            check_body_hash(body_hash, sha256(body).hexdigest())
        return identity

    def _read(self, head: Head) -> Signature | None:
        try:
            signature = read_signature(head.headers, head.query)
        except MalformedSignatureError:
            if self._is_open:
                return None
            raise
        if signature is None and not self._is_open:
            raise UnsignedError(
                "the request is missing an authentication token: sign it with the server's key, "
                "which `leeboard env` prints"
            )
        return signature

    def _check(self, head: Head, signature: Signature, body_hash: str, now: datetime) -> Identity:
        if self._is_open:
            return Identity(signature.access_key, signature.service, signature.region)
        secret = self._find_secret(signature.access_key)
        if secret is None:
            raise UnknownKeyError(
                f"no access key {signature.access_key[:128]!r} here: `leeboard env` prints ours",
                signature.service,
            )
        _check_signature(head, signature, secret, body_hash, now)
        return Identity(signature.access_key, signature.service, signature.region, secret)


def check_body_hash(declared: str, actual: str) -> None:
    """Refuses a body of S3's whose SHA-256 is not the declared one."""
    if not hmac.compare_digest(declared, actual):
        raise RefusalError(
            "the provided x-amz-content-sha256 does not match what was computed from the body",
            code="XAmzContentSHA256Mismatch",
        )


def _check_signature(head: Head, signature: Signature, secret: str, body_hash: str, now: datetime) -> None:
    if signature.form == "old url":
        expected = expected_old_signature(head, signature, secret)
    else:
        _check_signed_headers(head, signature)
        signed_at = _signed_at(signature)
        expected = expected_signature(head, signature, secret, body_hash)
    if not hmac.compare_digest(expected.encode(), signature.signature.encode()):
        raise WrongSignatureError(
            "the request signature that we calculated does not match the one that you provided: "
            "check the secret access key, and that nothing on the way changes the request",
            signature.service,
        )
    if signature.form == "old url":
        if now.timestamp() > signature.expires:
            raise ExpiredUrlError("Request has expired", signature.service)
    else:
        _check_age(signature, signed_at, now)


def _check_signed_headers(head: Head, signature: Signature) -> None:
    signed = set(signature.signed)
    missing = sorted(signed - head.headers.keys())
    if missing:
        raise WrongSignatureError(
            f"signed headers that did not come: {', '.join(missing)}", signature.service
        )
    unsigned = [n for n in head.headers if n not in signed and (n == "host" or n.startswith("x-amz-"))]
    if unsigned or "host" not in signed:
        raise WrongSignatureError(
            f"headers that have to be signed and are not: {', '.join(unsigned) or 'host'}", signature.service
        )


def _check_age(signature: Signature, signed_at: datetime, now: datetime) -> None:
    age = now - signed_at
    if signature.form == "url" and age > timedelta(seconds=min(signature.expires, MAX_URL_AGE_S)):
        raise ExpiredUrlError("Request has expired", signature.service)
    if age < -MAX_SKEW or (signature.form == "header" and age > MAX_SKEW):
        raise OldRequestError(
            f"Signature expired or not yet current: {signature.stamp} is more than 15 minutes from the time "
            f"of this server, {now.astimezone(UTC):%Y%m%dT%H%M%SZ}; check the clocks",
            signature.service,
        )


def _signed_at(signature: Signature) -> datetime:
    found = _STAMP.fullmatch(signature.stamp)
    if found is None or not signature.stamp.startswith(signature.day):
        raise MalformedSignatureError(
            "x-amz-date is missing, malformed or of another day than the credential scope", signature.service
        )
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise MalformedSignatureError(f"x-amz-date {signature.stamp} is no date", signature.service) from None


def _refuse_unsigned_body(signature: Signature) -> None:
    declared = signature.declared_hash
    if declared is not None and not _HEX.fullmatch(declared):
        raise WrongSignatureError("only S3 may leave its body unsigned", signature.service)


def _object_hash(signature: Signature) -> str:
    declared = signature.declared_hash
    if declared is None and signature.form != "header":
        return UNSIGNED_PAYLOAD
    if declared is None or not (_HEX.fullmatch(declared) or _UNSIGNED.fullmatch(declared)):
        raise RefusalError(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-... or the body's SHA-256 in hex",
            code="InvalidRequest",
        )
    return declared
