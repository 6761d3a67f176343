"""Rows that stand for a data set: the centres of its clusters."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.attribution.coalitions import Floats

Codes = NDArray[np.int64]

MAX_ROUNDS = 100
MISMATCH = 0.5
"""What a different category weighs against standardised numbers (Huang, 1998: half their spread)."""
N_CLUSTERS = 5
MAX_ROWS = 20_000
"""Beyond, a sample of so many is clustered."""


def centres(rows: pl.DataFrame, n_clusters: int = N_CLUSTERS, seed: int = 0) -> pl.DataFrame:
    """At most so many rows with the columns and types of the data; the same for the same seed.

    k-means (Lloyd, 1982) where all columns are numbers, else k-prototypes (Huang, 1998), begun as
    k-means++ does (Arthur and Vassilvitskii, 2007). Numbers count by their standard deviations. The
    centre of whole numbers is a whole number.
    """
    rng = np.random.default_rng(seed)
    if rows.height > MAX_ROWS:
        rows = rows[np.sort(rng.choice(rows.height, MAX_ROWS, replace=False))]
    data = _Data.of(rows)
    n_clusters = min(n_clusters, rows.height)
    member = _clustered(data, _first_centres(data, n_clusters, rng))
    return pl.concat([_centre(rows.filter(member == cluster)) for cluster in np.unique(member)])


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Rows as standardised numbers and codes of categories."""

    numbers: Floats
    codes: Codes

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "_Data":
        numeric = [_standardised(column) for column in rows if column.dtype.is_numeric()]
        text = [_coded(column) for column in rows if not column.dtype.is_numeric()]
        blank = np.zeros((rows.height, 0))
        return cls(np.column_stack([blank, *numeric]), np.column_stack([blank, *text]).astype(np.int64))

    def distances(self, number: Floats, code: Codes) -> Floats:
        """Squares over the numbers and mismatches of the categories, to one centre."""
        far = np.square(self.numbers - number).sum(axis=1)
        return np.asarray(far + MISMATCH * (self.codes != code).sum(axis=1))

    def centre(self, member: NDArray[np.bool_]) -> tuple[Floats, Codes]:
        return self.numbers[member].mean(axis=0), _modes(self.codes[member])


def _standardised(column: pl.Series) -> Floats:
    values = column.cast(pl.Float64).to_numpy().copy()
    known = np.isfinite(values)
    mean = values[known].mean() if known.any() else 0.0
    values[~known] = mean
    return np.asarray((values - mean) / (values.std() or 1.0))


def _coded(column: pl.Series) -> Codes:
    return column.cast(pl.String).fill_null("").rank("dense").to_numpy().astype(np.int64)


def _modes(codes: Codes) -> Codes:
    return np.array([np.bincount(column).argmax() for column in codes.T], dtype=np.int64)


Centre = tuple[Floats, Codes]


def _first_centres(data: _Data, n_clusters: int, rng: np.random.Generator) -> list[Centre]:
    chosen = [int(rng.integers(len(data.numbers)))]
    near = data.distances(data.numbers[chosen[0]], data.codes[chosen[0]])
    while len(chosen) < n_clusters and near.sum() > 0:
        chosen.append(int(rng.choice(len(near), p=near / near.sum())))
        near = np.minimum(near, data.distances(data.numbers[chosen[-1]], data.codes[chosen[-1]]))
    return [(data.numbers[row], data.codes[row]) for row in chosen]


def _clustered(data: _Data, found: list[Centre]) -> NDArray[np.int64]:
    """The cluster of each row, once no row changes any more."""
    member = _nearest(data, found)
    for _ in range(MAX_ROUNDS):
        found = [data.centre(member == cluster) for cluster in np.unique(member)]
        following = _nearest(data, found)
        if np.array_equal(following, member):
            break
        member = following
    return member


def _nearest(data: _Data, found: list[Centre]) -> NDArray[np.int64]:
    distances = np.array([data.distances(*centre) for centre in found])
    return np.asarray(distances.argmin(axis=0))


def _centre(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([_middle(column) for column in rows])


def _middle(column: pl.Series) -> pl.Series:
    """The mean of numbers, the most frequent of anything else; missing only if all are."""
    if column.dtype.is_numeric():
        mean = column.cast(pl.Float64).fill_nan(None).mean()
        rounded = mean if mean is None or column.dtype.is_float() else round(float(mean))  # type: ignore[arg-type]
        return pl.Series(column.name, [rounded], dtype=column.dtype)
    counts = column.value_counts(name="n").sort(["n", column.name], descending=[True, False])
    return counts[column.name].head(1)
