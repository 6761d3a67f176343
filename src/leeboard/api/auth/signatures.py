"""Reads a request's signature, whichever of AWS's three forms it has; believes nothing yet."""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote

import msgspec

from leeboard.api.auth.refused import MalformedSignatureError
from leeboard.formats.whole_number import whole_number

ALGORITHM = "AWS4-HMAC-SHA256"
_CREDENTIAL = re.compile(r"([^/,\s]+)/(\d{8})/([A-Za-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_HEX = re.compile(r"[0-9a-f]{64}")
_OF_A_URL = frozenset(
    f"X-Amz-{name}"
    for name in ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature", "Content-Sha256")
)
_OF_AN_OLD_URL = frozenset({"AWSAccessKeyId", "Signature", "Expires"})

Form = Literal["header", "url", "old url"]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says about who signed it.

    Args:
        form: in the Authorization header, in a URL by version 4, in a URL by version 2.
        stamp: when it was signed, as `20260102T030405Z`; empty in an old URL.
        expires: seconds from the stamp on in a URL, seconds since 1970 in an old URL, else 0.
        signed: the names of the signed headers, sorted.
        declared_hash: of the body: 64 hex digits, or S3's word for a body that is not signed.
    """

    form: Form
    access_key: str
    region: str
    service: str
    signature: str
    day: str = ""
    stamp: str = ""
    expires: int = 0
    signed: tuple[str, ...] = ()
    declared_hash: str | None = None


def read_signature(headers: Mapping[str, str], query: str) -> Signature | None:
    """The signature of a request, None if there is none.

    Raises:
        MalformedSignatureError: there is one that no client of AWS would write.
    """
    if authorization := headers.get("authorization"):
        return _from_header(authorization, headers)
    if _has(query, "X-Amz-Signature"):
        return _from_url(query, headers)
    if _has(query, "AWSAccessKeyId"):
        return _from_old_url(query)
    return None


def signature_of(headers: Mapping[str, str], query: str) -> Signature | None:
    """As above, but None also for a malformed one, to be refused later."""
    try:
        return read_signature(headers, query)
    except MalformedSignatureError:
        return None


def service_of(headers: Mapping[str, str], query: str) -> str | None:
    """The service for which a request says that it is signed; not verified."""
    found = signature_of(headers, query)
    return found.service if found else None


def _has(query: str, name: str) -> bool:
    return query.startswith(f"{name}=") or f"&{name}=" in query


def _from_header(authorization: str, headers: Mapping[str, str]) -> Signature:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise MalformedSignatureError(
            f"the Authorization header starts with {algorithm[:40]!r}, where {ALGORITHM} is wanted: "
            "leave the signing to an AWS client, with signature version 4"
        )
    words = {"Date": headers.get("x-amz-date", "")}
    for part in rest.split(","):
        name, _, value = part.strip().partition("=")
        words[name] = value
    return _version_4("header", words, headers.get("x-amz-content-sha256"))


def _from_url(query: str, headers: Mapping[str, str]) -> Signature:
    words = {name.removeprefix("X-Amz-"): value for name, value in _words(query, _OF_A_URL).items()}
    if words.get("Algorithm") != ALGORITHM:
        raise MalformedSignatureError(f"X-Amz-Algorithm in the URL is not {ALGORITHM}")
    return _version_4("url", words, words.get("Content-Sha256") or headers.get("x-amz-content-sha256"))


def _version_4(form: Form, words: Mapping[str, str], declared_hash: str | None) -> Signature:
    credential = _CREDENTIAL.fullmatch(words.get("Credential", ""))
    if credential is None:
        raise MalformedSignatureError(
            "Credential is missing or not of the form KEY/yyyymmdd/REGION/SERVICE/aws4_request"
        )
    access_key, day, region, service = credential.groups()
    signature, signed = words.get("Signature", ""), words.get("SignedHeaders", "")
    if not _HEX.fullmatch(signature) or not signed:
        raise MalformedSignatureError("Signature or SignedHeaders is missing or malformed", service)
    return Signature(
        form=form,
        access_key=access_key,
        day=day,
        region=region,
        service=service,
        signature=signature,
        stamp=words.get("Date", ""),
        expires=_seconds(words, service) if form == "url" else 0,
        signed=tuple(sorted(signed.lower().split(";"))),
        declared_hash=declared_hash,
    )


def _from_old_url(query: str) -> Signature:
    words = _words(query, _OF_AN_OLD_URL)
    return Signature(
        form="old url",
        access_key=words["AWSAccessKeyId"],
        region="us-east-1",
        service="s3",
        signature=words.get("Signature", ""),
        expires=_seconds(words, "s3"),
    )


def _words(query: str, names: frozenset[str]) -> dict[str, str]:
    """The signing parameters of a URL; one that stands there twice could be read in two ways."""
    found: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in names:
            if name in found:
                raise MalformedSignatureError(f"{name} stands twice in the URL")
            found[name] = unquote(value)
    return found


def _seconds(words: Mapping[str, str], service: str) -> int:
    seconds = whole_number(words.get("Expires", ""), most=10**12 - 1)
    if seconds is None:
        raise MalformedSignatureError("Expires in the URL is missing or no number of seconds", service)
    return seconds
