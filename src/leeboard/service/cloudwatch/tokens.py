"""Tokens of next pages: opaque to clients, and checked when they come back."""

import base64
import binascii
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def write_token(value: Any) -> str:
    """A text that stands for a value of JSON."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode()


def read_token(token: str, kind: type[T]) -> T:
    """The value again.

    Raises:
        ValueError: it is none of ours.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(token.encode()), type=kind)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise ValueError(f"{token[:64]!r} is not a token that was given out here") from error
