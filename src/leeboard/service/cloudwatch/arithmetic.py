"""Arithmetic of metric math: numbers, series by time, and arrays of series, within bounds."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from leeboard.service.refusals import InvalidRequestError

Series = dict[int, float]
Value = float | Series | list[Series]
"""A number, a series, or several."""

MAX_STEPS = 5_000_000
OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": math.pow,
}
EACH: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
TOGETHER: dict[str, Callable[[list[float]], float]] = {
    "AVG": lambda values: math.fsum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": math.fsum,
}


@dataclass(slots=True)
class Budget:
    """How much may still be computed for one request."""

    steps: int = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Raises InvalidRequestError when it is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise InvalidRequestError(
                "the expressions compute too much: ask for fewer data points or longer periods"
            )


def refuse(text: str, why: str) -> NoReturn:
    """Refuses an expression."""
    raise InvalidRequestError(f"Error in expression {text[:256]!r}: {why}")


def series_of(value: Value, text: str) -> list[Series]:
    """What can be given as a result; a single number cannot."""
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return value
    refuse(text, "its value is a single number, and it must be a time series")


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Computes for one expression.

    Attributes:
        text: the expression, for messages.
    """

    text: str
    budget: Budget

    def joined(self, mark: str, left: Value, right: Value) -> Value:
        """Two operands: points where both have one."""
        function = OPERATORS[mark]
        if isinstance(left, list):
            if isinstance(right, list):
                refuse(self.text, f"{mark} has an array on both sides")
            return [self._pair(function, each, right) for each in left]
        if isinstance(right, list):
            return [self._pair(function, left, each) for each in right]
        if isinstance(left, float) and isinstance(right, float):
            value = _computed(function, left, right)
            return math.nan if value is None else value  # what is computed with it has no points
        return self._pair(function, left, right)

    def _pair(
        self, function: Callable[[float, float], float], left: float | Series, right: float | Series
    ) -> Series:
        if isinstance(left, dict) and isinstance(right, dict):
            both = {at: (left[at], right[at]) for at in left if at in right}
        elif isinstance(left, dict):
            both = {at: (value, right) for at, value in left.items() if not isinstance(right, dict)}
        elif isinstance(right, dict):
            both = {at: (left, value) for at, value in right.items()}
        else:
            both = {}
        self.budget.spend(len(both) + 1)
        values = ((at, _computed(function, *pair)) for at, pair in both.items())
        return {at: value for at, value in values if value is not None}

    def each(self, name: str, value: Value) -> Value:
        """A function of every point."""
        function = EACH[name]
        if isinstance(value, float):
            return float(function(value))
        given = series_of(value, self.text)
        self.budget.spend(sum(map(len, given)) + 1)
        result = [{at: float(function(each)) for at, each in one.items()} for one in given]
        return result if isinstance(value, list) else result[0]

    def together(self, name: str, value: Value) -> Value:
        """A function of all points: of one series a number, of several a series."""
        function = TOGETHER[name]
        if isinstance(value, float):
            return value
        if isinstance(value, dict):
            self.budget.spend(len(value) + 1)
            return function(list(value.values())) if value else 0.0
        gathered: dict[int, list[float]] = {}
        for each in value:
            self.budget.spend(len(each) + 1)
            for at, number in each.items():
                gathered.setdefault(at, []).append(number)
        return {at: function(numbers) for at, numbers in gathered.items()}

    def filled(self, value: Value, number: float, among: list[Series]) -> Value:
        """With the number wherever another series of the request has a point."""
        times = sorted({at for each in among for at in each})
        result: list[Series] = []
        for one in series_of(value, self.text):
            self.budget.spend(len(times) + 1)
            result.append({at: one.get(at, number) for at in times})
        return result if isinstance(value, list) else result[0]


def _computed(function: Callable[[float, float], float], left: float, right: float) -> float | None:
    """None where mathematics has no number, as a division by zero; such points are left out."""
    try:
        value = function(left, right)
    except (ArithmeticError, ValueError):
        return None
    return value if math.isfinite(value) else None
