"""Whether a form comes from our own page."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

PURPOSE = b"leeboard: forms of this session"
OWN_SITES = ("same-origin", "none")
"""The browser's words for a request of our own page, and of its user's own hand."""


def token_of(cookie: str) -> str:
    """What forms of a session carry: another site cannot know it, and it does not give the cookie away."""
    return hmac.digest(cookie.encode(errors="surrogatepass"), PURPOSE, "sha256").hex()


def is_right(cookie: str, given: str) -> bool:
    """Whether a form carries the token of its session; without a cookie there is none."""
    right = hmac.compare_digest(token_of(cookie).encode(), given.encode(errors="surrogatepass"))
    return right and bool(cookie)


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request that changes something was sent by a page of this address.

    Args:
        headers: by lower-case name. Browsers send at least one of the two that are looked at; who sends
            neither is no browser, and is held by the token alone.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = headers.get("origin")
    return origin is None or _host_of(origin) == headers.get("host", "").lower() != ""


def _host_of(origin: str) -> str:
    """Empty for `null`, which sandboxed pages send, and for what is no origin."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
