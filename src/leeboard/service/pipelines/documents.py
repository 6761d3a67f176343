"""JSON from outside, as far as it can be kept."""

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from leeboard.service.refusals import InvalidRequestError

DEEPEST = 64
"""How far a document may be nested."""
LARGEST_NUMBER = 2**63


def read_document(text: str | bytes, what: str) -> Any:
    """A JSON value that can be kept, compared and written again.

    Args:
        what: how messages call it.

    Raises:
        InvalidRequestError: it is none.
    """
    try:
        found = json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"{what} is not JSON: {error}") from None
    if depth_of(found) > DEEPEST:
        raise InvalidRequestError(f"{what} is nested more than {DEEPEST} levels deep")
    for each in texts_in(found):
        if "\0" in each or any("\ud800" <= sign <= "\udfff" for sign in each):
            raise InvalidRequestError(f"{what} has a text that is no text: {each!r:.100}")
    return found


def _whole(text: str) -> int | float:
    number = int(text)
    return number if abs(number) < LARGEST_NUMBER else float(text)


def depth_of(value: Any) -> int:
    """How far a JSON value is nested; 0 for a plain one. Looks no deeper than `DEEPEST` and one."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        inner = [each for one in level for each in _inside(one)]
        level = [each for each in inner if isinstance(each, (Mapping, list))]
        depth += bool(inner)
    return depth


def texts_in(value: Any) -> Iterator[str]:
    """All texts of a JSON value, names of members among them."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            left += each
            left += each.values()
        elif isinstance(each, list):
            left += each


def is_finite(value: Any) -> bool:
    """Whether all its numbers are: Python writes and reads others, which JSON does not have."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, float) and not isfinite(each):
            return False
        left += _inside(each)
    return True


def is_larger(value: Any, n_characters: int) -> bool:
    """Whether its texts have more characters than that; stops counting there."""
    n = 0
    for each in texts_in(value):
        n += len(each)
        if n > n_characters:
            return True
    return False


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []
