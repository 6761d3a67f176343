"""Which bodies of requests and answers have records that can be taken apart."""

from typing import Literal, TypeAlias

from leeboard.tables.captured.payloads import JSON_TYPES

Kind: TypeAlias = Literal["csv", "json"]
CSV_TYPES = frozenset({"text/csv", "application/csv"})


def kind_of(content_type: str | None) -> Kind | None:
    """By media type; None for all others.

    >>> kind_of("text/csv; charset=utf-8"), kind_of("application/jsonlines"), kind_of("image/png")
    ('csv', 'json', None)
    """
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type in CSV_TYPES:
        return "csv"
    return "json" if media_type in JSON_TYPES or media_type.endswith("+json") else None
