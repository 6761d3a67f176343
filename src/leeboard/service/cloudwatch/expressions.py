"""Metric math: expressions over the series of other queries."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from leeboard.service.cloudwatch.arithmetic import (
    EACH,
    TOGETHER,
    Arithmetic,
    Budget,
    Series,
    Value,
    refuse,
    series_of,
)

FUNCTIONS = tuple(sorted([*EACH, *TOGETHER, "FILL", "METRICS"]))
MAX_DEPTH = 30
_TOKEN = re.compile(
    r"\s*(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]\w*|[-+*/^()\[\],])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in an expression stand for.

    Attributes:
        find: the value of another query by its id.
        metrics: those of all queries that read a metric.
    """

    find: Callable[[str], Value]
    metrics: list[Series]


def evaluate(text: str, names: Names, budget: Budget) -> Value:
    """What an expression comes to.

    Raises:
        InvalidRequestError: it cannot be read, or says what is not computed here.
    """
    return _Reading(text, list(_words(text)), names, Arithmetic(text, budget)).whole()


def _words(text: str) -> Iterator[str]:
    text, position = text.rstrip(), 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            rest = text[position : position + 20]
            refuse(text, f"{rest!r} is not read here; there are no texts in quotes, SEARCH or SELECT")
        yield found[0].strip()
        position = found.end()


@dataclass(slots=True)
class _Reading:
    """Reads from left to right and computes as it goes."""

    text: str
    words: list[str]
    names: Names
    compute: Arithmetic
    at: int = field(default=0)
    depth: int = field(default=0)

    def whole(self) -> Value:
        value = self._sum()
        if self.at < len(self.words):
            self._wrong("an operator")
        return value

    def _sum(self) -> Value:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(self.text, f"it is nested more than {MAX_DEPTH} deep")
        value = self._product()
        while self._next() in ("+", "-"):
            value = self.compute.joined(self._take(), value, self._product())
        self.depth -= 1
        return value

    def _product(self) -> Value:
        value = self._signed()
        while self._next() in ("*", "/"):
            value = self.compute.joined(self._take(), value, self._signed())
        return value

    def _signed(self) -> Value:
        is_negative = False
        while self._next() in ("-", "+"):
            is_negative ^= self._take() == "-"
        value = self._power()
        return self.compute.joined("*", -1.0, value) if is_negative else value

    def _power(self) -> Value:
        value = self._single()
        while self._next() == "^":
            value = self.compute.joined(self._take(), value, self._single())
        return value

    def _single(self) -> Value:
        word = self._take()
        if word == "(":
            value = self._sum()
            self._expect(")")
            return value
        if word == "[":
            return self._array(list(self._items("]")))
        if word[:1].isdigit() or word[:1] == ".":
            return float(word)
        if not word[:1].isalpha():
            self.at -= 1
            self._wrong("a number, an id or a function")
        if self._next() == "(":
            self.at += 1
            return self._call(word, list(self._items(")")))
        return self.names.find(word)

    def _array(self, items: list[Value]) -> list[Series]:
        found = [series_of(item, self.text) for item in items]
        self.compute.budget.spend(sum(map(len, found)))
        return [each for some in found for each in some]

    def _items(self, end: str) -> Iterator[Value]:
        if self._next() != end:
            yield self._sum()
            while self._next() == ",":
                self.at += 1
                yield self._sum()
        self._expect(end)

    def _call(self, name: str, given: list[Value]) -> Value:
        if name == "METRICS" and not given:
            return self._array([self.names.metrics])
        if name == "FILL" and len(given) == 2 and isinstance(given[1], float):
            return self.compute.filled(given[0], given[1], self.names.metrics)
        if name in EACH and len(given) == 1:
            return self.compute.each(name, given[0])
        if name in TOGETHER and len(given) == 1:
            return self.compute.together(name, given[0])
        refuse(
            self.text,
            f"{name} of {len(given)} arguments of these kinds is not computed here; known: arithmetic, "
            f"{', '.join(FUNCTIONS)} (FILL with a number)",
        )

    def _next(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def _take(self) -> str:
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def _expect(self, word: str) -> None:
        if self._next() != word:
            self._wrong(repr(word))
        self.at += 1

    def _wrong(self, wanted: str) -> NoReturn:
        refuse(self.text, f"expected {wanted}, and {self._next() or 'its end'!r} came")
