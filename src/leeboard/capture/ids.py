"""Ids of requests and of files."""

import os


def random_id() -> str:
    """A version 4 UUID; as text at once, as one is made for each request."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
