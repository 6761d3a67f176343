"""Changes of a column, each with how it was before and how it is after.

The ones that are real move a distribution by some 0.04 or more; the trivial ones are there, but
nobody wants to be woken for them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

Random = np.random.Generator
Draw = Callable[[Random, int], np.ndarray]


@dataclass(frozen=True, slots=True)
class Shift:
    """A change; `is_real` tells whether it should be found."""

    name: str
    before: Draw
    after: Draw
    is_real: bool = True

    def reference(self, seed: int, n: int) -> pl.Series:
        return pl.Series(self.name, self.before(np.random.default_rng([seed, 1]), n))

    def window(self, seed: int, n: int) -> pl.Series:
        return pl.Series(self.name, self.after(np.random.default_rng([seed, 2]), n))


def normal(mean: float = 0.0, deviation: float = 1.0) -> Draw:
    return lambda r, n: r.normal(mean, deviation, n)


def lognormal(factor: float = 1.0) -> Draw:
    return lambda r, n: factor * r.lognormal(2.0, 1.0, n)


def pareto(alpha: float = 1.5, factor: float = 1.0) -> Draw:
    return lambda r, n: factor * (1 + r.pareto(alpha, n))


def poisson(mean: float) -> Draw:
    return lambda r, n: r.poisson(mean, n)


def choice(*shares: float) -> Draw:
    """Whole numbers from 0, with these shares."""
    return lambda r, n: r.choice(len(shares), n, p=shares)


def words(*shares: float, prefix: str = "kind") -> Draw:
    return lambda r, n: np.array([f"{prefix}_{i}" for i in range(len(shares))])[choice(*shares)(r, n)]


def sometimes(share: float, other: Callable[[Random, np.ndarray], np.ndarray], draw: Draw) -> Draw:
    """That share of the rows is what `other` makes of them."""

    def mixed(random: Random, n: int) -> np.ndarray:
        values = draw(random, n)
        return np.where(random.random(n) < share, other(random, values), values)

    return mixed


def then(draw: Draw, change: Callable[[np.ndarray], np.ndarray]) -> Draw:
    return lambda r, n: change(draw(r, n))


def always(value: float | str) -> Callable[[Random, np.ndarray], np.ndarray]:
    return lambda random, values: np.full(len(values), value)


MANY = 50_000
TAIL = 20_000
"""Codes from here on are some 3% of the rows of `long_tail`."""


def long_tail(random: Random, n: int) -> np.ndarray:
    return (random.pareto(1.0, n) * 600 % MANY).astype(np.int64)


def even(n_values: int) -> Draw:
    return lambda r, n: r.integers(0, n_values, n)


def named(draw: Draw) -> Draw:
    return then(draw, lambda codes: np.char.add("item_", codes.astype(str)))


def tail_exchanged(codes: np.ndarray) -> np.ndarray:
    return np.where(codes >= TAIL, MANY - 1 - codes + TAIL, codes)


def stretched_tail(values: np.ndarray) -> np.ndarray:
    return np.where(values > LOGNORMAL_95, 3 * values, values)


def clipped(values: np.ndarray) -> np.ndarray:
    return np.minimum(values, LOGNORMAL_90)


LOGNORMAL_90, LOGNORMAL_95 = 26.6, 38.3
DAY = [1 / 24] * 24
QUIET_NIGHT = [0.5 / 24] * 6 + [7 / (6 * 24)] * 18

REAL = [
    Shift("mean by half a deviation", normal(), normal(0.5)),
    Shift("mean by 0.15 deviations", normal(), normal(0.15)),
    Shift("scale x 1.5", normal(), normal(0, 1.5)),
    Shift("scale x 1.25", normal(), normal(0, 1.25)),
    Shift("unit, miles to km", lognormal(), lognormal(1.609)),
    Shift("unit x 1,000 in 8% of rows", lognormal(), sometimes(0.08, lambda r, v: 1000 * v, lognormal())),
    Shift("tail only: top 5% x 3", lognormal(), then(lognormal(), stretched_tail)),
    Shift("clipped at its 90% quantile", lognormal(), then(lognormal(), clipped)),
    Shift("mixture: 8% elsewhere", normal(), sometimes(0.08, lambda r, v: v + 4, normal())),
    Shift("sentinel -1 in 6%", normal(50, 10), sometimes(0.06, always(-1.0), normal(50, 10))),
    Shift("stuck value in 10%", normal(50, 10), sometimes(0.10, always(52.5), normal(50, 10))),
    Shift("rounded to whole numbers", normal(50, 2), then(normal(50, 2), np.round)),
    Shift("zeros appear, 10%", lognormal(), sometimes(0.10, always(0.0), lognormal())),
    Shift(
        "zeros from 30% to 22%",
        sometimes(0.30, always(0.0), lognormal()),
        sometimes(0.22, always(0.0), lognormal()),
    ),
    Shift("ratings, 8% move up", choice(0.1, 0.2, 0.3, 0.25, 0.15), choice(0.1, 0.2, 0.22, 0.25, 0.23)),
    Shift("0/1, 30% to 37%", choice(0.7, 0.3), choice(0.63, 0.37)),
    Shift("0/1, 1% to 6%", choice(0.99, 0.01), choice(0.94, 0.06)),
    Shift("Poisson 3 to 3.4", poisson(3.0), poisson(3.4)),
    Shift("hours of the day, quiet night", choice(*DAY), choice(*QUIET_NIGHT)),
    Shift("Pareto, tail 1.5 to 1.2", pareto(), pareto(1.2)),
    Shift("Pareto x 1.15", pareto(), pareto(1.5, 1.15)),
    Shift("new category, 8%", words(0.5, 0.3, 0.2), words(0.46, 0.276, 0.184, 0.08)),
    Shift("categories swapped", words(0.45, 0.3, 0.2, 0.05), words(0.45, 0.2, 0.3, 0.05)),
    Shift("category gone", words(0.5, 0.3, 0.12, 0.08), words(0.54, 0.33, 0.13)),
    Shift(
        "spelling of 8% changes",
        words(0.5, 0.3, 0.2),
        sometimes(0.08, lambda r, v: np.char.upper(v), words(0.5, 0.3, 0.2)),
    ),
    Shift(
        "50,000 categories, one grows by 8%",
        named(long_tail),
        named(sometimes(0.08, lambda r, v: np.full(len(v), 7), long_tail)),
    ),
    Shift("50,000 even categories, half gone", named(even(MANY)), named(even(MANY // 2))),
]
TRIVIAL = [
    Shift("mean by 0.01 deviations", normal(), normal(0.01), is_real=False),
    Shift("scale x 1.01", normal(), normal(0, 1.01), is_real=False),
    Shift("rounded to 3 decimals", normal(), then(normal(), lambda v: np.round(v, 3)), is_real=False),
    Shift("0/1, 30% to 30.5%", choice(0.7, 0.3), choice(0.695, 0.305), is_real=False),
    Shift("new category, 0.2%", words(0.5, 0.3, 0.2), words(0.499, 0.3, 0.199, 0.002), is_real=False),
    Shift("rows sorted", lognormal(), then(lognormal(), np.sort), is_real=False),
    Shift("Pareto, nothing changes", pareto(1.1), pareto(1.1), is_real=False),
    Shift("50,000 categories, nothing changes", named(long_tail), named(long_tail), is_real=False),
    Shift(
        "50,000 categories, the rarest exchange names",
        named(long_tail),
        named(then(long_tail, tail_exchanged)),
        is_real=False,
    ),
]
