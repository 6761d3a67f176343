"""The flip test: would the members of a group be judged otherwise, if judged as their neighbours are?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.bias.columns import Counted

N_NEIGHBOURS = 5
FEW_ROWS = 9
"""So few others: the nearest alone is asked."""
DRAW, PREDICTED, FACET, FEATURE = "leeboard:draw", "leeboard:said", "facet:", "feature:"

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FlipSample:
    """Rows that the flip test looks at: all of them, or those with the smallest random numbers.

    Attributes:
        max_rows: how many are kept.
        n_seen: how many there were.
        rows: what was said of each, its groups and its features.
        texts: features that hold text.
    """

    max_rows: int
    n_seen: int = 0
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    texts: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        frame: pl.DataFrame,
        said: Counted,
        facets: Sequence[str],
        features: Sequence[str],
        *,
        max_rows: int,
        seed: int,
    ) -> Self:
        """A sample of the rows of a block.

        Args:
            said: the predictions; none is missing.
            facets, features: columns of the frame.
        """
        draws = np.random.default_rng([seed, _fingerprint(frame)]).random(frame.height)
        columns = [frame.get_column(name) for name in dict.fromkeys([*features, *facets])]
        rows = pl.DataFrame([*columns, said.cells.alias(PREDICTED)])
        if frame.height > max_rows:
            kept = np.sort(np.argpartition(draws, max_rows)[:max_rows])
            rows, draws = rows[pl.Series(kept)], draws[kept]
        made = rows.select(
            pl.Series(DRAW, draws),
            said.spelled(pl.col(PREDICTED)).alias(PREDICTED),
            *(pl.col(name).cast(pl.String).alias(FACET + name) for name in facets),
            *(_as_number(rows.get_column(name)).alias(FEATURE + name) for name in features),
        )
        texts = [
            name
            for name in features
            if rows.get_column(name).dtype == pl.String
            and made.get_column(FEATURE + name).null_count() > rows.get_column(name).null_count()
        ]
        return cls(max_rows, frame.height, made, frozenset(texts))

    def __add__(self, other: Self) -> Self:
        if not self.n_seen or not other.n_seen:
            return other if not self.n_seen else self
        rows = pl.concat([self.rows, other.rows], how="diagonal")
        if rows.height > self.max_rows:
            draws = rows.get_column(DRAW).to_numpy()
            limit = np.partition(draws, self.max_rows - 1)[self.max_rows - 1]
            rows = rows.filter(pl.col(DRAW) <= limit).head(self.max_rows)
        return type(self)(self.max_rows, self.n_seen + other.n_seen, rows, self.texts | other.texts)

    @property
    def is_whole(self) -> bool:
        return self.n_seen <= self.max_rows

    def prepared(self, facet: str, is_positive: Callable[[str | None], bool]) -> "FlipRows":
        """The rows that have a prediction, a group and all features that are numbers, in a fixed order."""
        names = [column.name for column in _features(self.rows)]
        names = [name for name in names if name.removeprefix(FEATURE) not in {*self.texts, facet}]
        kept = self.rows.select(PREDICTED, FACET + facet, *names) if self.n_seen else self.rows
        kept = kept.drop_nulls().sort(pl.all()) if kept.width else kept
        said = kept.get_column(PREDICTED).to_list() if kept.width else []
        return FlipRows(
            cells=kept.get_column(FACET + facet).to_list() if kept.width else [],
            is_positive=true_for(is_positive, said),
            features=kept.select(names).to_numpy() if names else np.empty((kept.height, 0)),
        )


def true_for(claim: Callable[[str | None], bool], cells: Sequence[str]) -> Bools:
    """Whether a claim is true of each cell; it is asked once about equal ones."""
    known = {cell: claim(cell) for cell in set(cells)}
    return np.array([known[cell] for cell in cells], dtype=bool)


def _features(rows: pl.DataFrame) -> list[pl.Series]:
    return [column for column in rows.get_columns() if column.name.startswith(FEATURE)]


def _as_number(column: pl.Series) -> pl.Expr:
    cells = pl.col(column.name)
    if column.dtype == pl.String:
        return cells.str.strip_chars().cast(pl.Float64, strict=False).fill_nan(None)
    return cells.fill_nan(None).cast(pl.Float64) if column.dtype.is_float() else cells.cast(pl.Float64)


def _fingerprint(frame: pl.DataFrame) -> int:
    """Tells blocks apart without a count of them, so that the threads do not matter."""
    return int(frame.head(16).hash_rows(0).sum() or 0) ^ frame.height


@dataclass(frozen=True, slots=True, eq=False)
class FlipRows:
    """Rows ready for the test.

    Attributes:
        cells: of the facet.
        is_positive: whether the prediction is the good outcome.
        features: one row each.
    """

    cells: list[str]
    is_positive: Bools
    features: NDArray[np.float64]

    def flips(self, is_member: Bools) -> NDArray[np.int64]:
        """Of each member: 1 if it would lose what it was given, -1 if it would get what it was not, else 0.

        The nearest non-members decide by majority. There must be a member, another row, and a feature.
        """
        from scipy.spatial import cKDTree

        others = self.features[~is_member]
        k = 1 if len(others) <= FEW_ROWS else N_NEIGHBOURS
        _, near = cKDTree(others).query(self.features[is_member], k=k, workers=-1)
        votes = self.is_positive[~is_member][near.reshape(-1, k)].mean(axis=1)
        said = self.is_positive[is_member].astype(np.int64)
        return np.asarray(said - (votes > 0.5).astype(np.int64))


def flip_test(flips: NDArray[np.int64]) -> float:
    """Members that would lose less those that would gain, over all members; in [-1, 1]."""
    return float(flips.sum() / len(flips))
