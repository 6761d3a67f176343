"""Regular expressions of Java, in which the service models write their patterns, as Python's."""

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import Any

_POSIX = {
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Lower": "a-z",
    "Upper": "A-Z",
    "Punct": re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "Space": r" \t\n\x0b\f\r",
    "ASCII": r"\x00-\x7f",
}
_CLASS = re.compile(r"\\p\{(?:Is)?(\w+)\}|\\p([A-Z])")
_SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"  # how Java writes all that is beyond the first plane
_ODD_END = re.compile(r"\$\{\d+,\d+\}")  # a slip in the models: a repeated end


@cache
def full_match(pattern: str) -> Callable[[str], Any]:
    """Matches a whole text against a pattern of Java's; gives something true or None."""
    return re.compile(_translated(pattern), re.ASCII).fullmatch


def _translated(pattern: str) -> str:
    pattern = _ODD_END.sub("", pattern).replace(_SURROGATES, r"\U00010000-\U0010FFFF")
    pattern = pattern.replace(r"\w-_", r"\w\-_")
    result, is_inside, at = [], False, 0
    while at < len(pattern):
        if found := _CLASS.match(pattern, at):
            ranges = _ranges(found[1] or found[2])
            result.append(ranges if is_inside else f"[{ranges}]")
            at = found.end()
            continue
        width = 2 if pattern[at] == "\\" else 1
        if pattern[at] in "[]":
            is_inside = pattern[at] == "["
        result.append(pattern[at : at + width])
        at += width
    return "".join(result)


def _ranges(name: str) -> str:
    if name in _POSIX:
        return _POSIX[name]
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in _categories()[name])


@cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    """The ranges of characters of each category of Unicode, by its name and by its first letter."""
    runs: dict[str, list[tuple[int, int]]] = {}
    start = 0
    for category, codes in groupby(map(unicodedata.category, map(chr, range(sys.maxunicode + 1)))):
        end = start + len(list(codes))
        for name in (category, category[0]):
            runs.setdefault(name, []).append((start, end - 1))
        start = end
    return runs
