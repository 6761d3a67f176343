"""A request without its body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body, as it was sent.

    Args:
        method: of HTTP, in capitals.
        path: with its percent signs, undecoded, since S3 signs it so.
        query: what stands behind the question mark, undecoded.
        headers: by lower-case name; a repeated header's values are joined by commas.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @classmethod
    def of_scope(cls, scope: Mapping[str, Any]) -> Self:
        """The head of an ASGI request."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        path = scope.get("raw_path") or scope["path"].encode()
        return cls(scope["method"], path.decode("latin-1"), scope["query_string"].decode("latin-1"), headers)
