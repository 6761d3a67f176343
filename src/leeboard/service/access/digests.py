"""Secrets as they are kept: by a digest that gives nothing away."""

import secrets
from hashlib import sha256

N_BYTES = 32
"""So much chance needs no salt and no slow hash: there is nothing to guess from."""


def new_secret(prefix: str = "") -> str:
    """One that nobody guesses."""
    return prefix + secrets.token_urlsafe(N_BYTES)


def digest_of(secret: str) -> str:
    """SHA-256 in hex."""
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


def is_same(given: str, kept: str) -> bool:
    """Whether two secrets are one, in a time that says nothing about them; an empty one is none."""
    equal = secrets.compare_digest(digest_of(given), digest_of(kept))
    return equal and bool(kept)
