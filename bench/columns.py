"""Seeded columns: 12 floats of several shapes, 4 integers, 4 strings; 1% of the cells are null.

Six columns know a second, moved form, whose largest gap between the distribution functions (or
between the shares of a value) is between 0.05 and 0.11, as measured on real changes.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl

NULLS = 0.01
FLOATS, INTEGERS, STRINGS = 12, 4, 4
MOVED = ("normal", "lognormal", "waiting", "two_peaks", "visits", "plan")

Random = np.random.Generator
Draw = Callable[[Random, int, bool], pl.Series]


def _decimals(values: np.ndarray, n: int) -> pl.Series:
    return pl.Series(np.round(values, n))


def _zero_or_amount(random: Random, n: int) -> np.ndarray:
    return np.where(random.random(n) < 0.3, 0.0, random.gamma(2.0, 40.0, n))


def _two_peaks(random: Random, n: int, share: float) -> np.ndarray:
    return np.where(random.random(n) < share, random.normal(-2, 0.5, n), random.normal(3, 1.0, n))


@cache
def _words(prefix: str, n: int) -> pl.Series:
    return pl.Series([f"{prefix}_{i}" for i in range(n)])


def _text(codes: np.ndarray, prefix: str, n: int) -> pl.Series:
    return _words(prefix, n).gather(np.minimum(codes, n - 1))


def _long_tail(random: Random, n: int, n_values: int) -> np.ndarray:
    return (random.pareto(1.0, n) * n_values / 50).astype(np.int64)


COLUMNS: dict[str, Draw] = {
    "normal": lambda r, n, moved: _decimals(r.normal(52 if moved else 50, 12.5, n), 2),
    "lognormal": lambda r, n, moved: _decimals(r.lognormal(2.2 if moved else 2.0, 1.0, n), 4),
    "uniform": lambda r, n, moved: _decimals(r.uniform(-1, 1, n), 6),
    "waiting": lambda r, n, moved: _decimals(r.exponential(225 if moved else 180, n), 1),
    "amount_or_zero": lambda r, n, moved: _decimals(_zero_or_amount(r, n), 3),
    "two_peaks": lambda r, n, moved: _decimals(_two_peaks(r, n, 0.59 if moved else 0.5), 4),
    "heavy_tail": lambda r, n, moved: _decimals(r.pareto(1.5, n) * 10, 2),
    "large": lambda r, n, moved: _decimals(r.normal(5e6, 1e6, n), 0),
    "share": lambda r, n, moved: pl.Series(r.beta(2, 5, n)),
    "student": lambda r, n, moved: pl.Series(r.standard_t(3, n)),
    "duration": lambda r, n, moved: _decimals(r.gamma(2.0, 40.0, n), 1),
    "price": lambda r, n, moved: _decimals(r.integers(1, 2_000, n) * 0.05, 2),
    "visits": lambda r, n, moved: pl.Series(r.poisson(3.35 if moved else 3.0, n)),
    "number": lambda r, n, moved: pl.Series(r.integers(0, 1_000_000, n)),
    "flag": lambda r, n, moved: pl.Series((r.random(n) < 0.3).astype(np.int64)),
    "year": lambda r, n, moved: pl.Series(2026 - r.geometric(0.1, n)),
    "plan": lambda r, n, moved: _text(
        r.choice(4, n, p=[0.42, 0.33, 0.2, 0.05] if moved else [0.5, 0.25, 0.2, 0.05]), "plan", 4
    ),
    "state": lambda r, n, moved: _text(_long_tail(r, n, 50), "state", 50),
    "shop": lambda r, n, moved: _text(_long_tail(r, n, 1_000), "shop", 1_000),
    "item": lambda r, n, moved: _text(_long_tail(r, n, 20_000), "item", 20_000),
}


def block(seed: int, start: int, n: int, *, moved: bool = False, copies: int = 1) -> pl.DataFrame:
    """Rows from `start` on; the same numbers give the same rows."""
    random = np.random.default_rng([seed, start])
    found = {}
    for copy in range(copies):
        for name, draw in COLUMNS.items():
            values = draw(random, n, moved).set(pl.Series(random.random(n) < NULLS), None)
            found[f"{name}_{copy}" if copies > 1 else name] = values
    return pl.DataFrame(found)
