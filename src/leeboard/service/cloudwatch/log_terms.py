"""Filter patterns of logs: words that must, may or must not be in a line."""

import re
from dataclasses import dataclass
from typing import Self

from leeboard.service.refusals import InvalidRequestError

_TERM = re.compile(r'\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)')
_NOT_READ = ("{", "[", "%")


@dataclass(frozen=True, slots=True)
class Terms:
    """Texts to look for, with their case: all of these, one of those, none of the last."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @classmethod
    def read(cls, pattern: str) -> Self:
        """Raises InvalidRequestError for patterns on JSON, on columns, and regular expressions."""
        pattern = pattern.strip()
        if pattern.startswith(_NOT_READ):
            raise InvalidRequestError(
                f"Invalid filter pattern: {pattern[:64]!r} is a pattern on JSON, on columns or a regular "
                'expression; here it is words and "texts in quotes", with ? for one of them and - for none'
            )
        found: dict[str, list[str]] = {"": [], "?": [], "-": []}
        position = 0
        while position < len(pattern):
            term = _TERM.match(pattern, position)
            if term is None:
                raise InvalidRequestError(f"Invalid filter pattern: {pattern[position:][:64]!r} is not read")
            quoted = term[2]
            text = term[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            if text:
                found[term[1]].append(text)
            position = term.end()
        return cls(tuple(found[""]), tuple(found["?"]), tuple(found["-"]))
