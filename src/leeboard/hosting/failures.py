"""What goes wrong with models behind endpoints, and how URLs are shown in such messages."""

from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from leeboard.errors import InputError

Reason = Literal[
    "bad_model_data",
    "bad_request",
    "no_container",
    "no_image",
    "no_model_data",
    "no_program",
    "no_route",
    "not_ready",
    "served_elsewhere",
    "timeout",
    "too_large",
    "unreachable",
]


class HostingError(InputError):
    """A model cannot be reached or started.

    Attributes:
        reason: a short word for programs; the message is for people.
        is_unsent: whether the model surely saw nothing of the request.
    """

    def __init__(self, reason: Reason, message: str, *, is_unsent: bool = False) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.is_unsent = is_unsent


def redacted(url: str) -> str:
    """The URL without what may be secret in it: the user, the password, the query.

    >>> redacted("http://me:word@models:8080/a?key=1")
    'http://***@models:8080/a?***'
    """
    split = urlsplit(url)
    user, at, host = split.netloc.rpartition("@")
    query = "***" if split.query else ""
    return urlunsplit((split.scheme, f"***@{host}" if user or at else host, split.path, query, ""))
