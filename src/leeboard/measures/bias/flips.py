"""The flip test: would the members of a group be judged otherwise, if judged as their neighbours are?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.bias.columns import Counted
from leeboard.measures.bias.decisions import Chosen, KeyIndex
from leeboard.measures.bias.keys import key_of
from leeboard.measures.bias.neighbours import majority

N_NEIGHBOURS = 5
FEW_ROWS = 9
"""So few others: the nearest alone is asked."""
FEW_MEMBERS = 60
MANY_ANSWERS = 2_000
"""Neighbours to be found from which on threads are worth their start."""
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
            kept = np.sort(_smallest(draws, max_rows))
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
        cells = kept.get_column(FACET + facet).to_list() if kept.width else []
        keys = {cell: str(key_of(cell)) for cell in set(cells)}
        known = sorted(set(keys.values()))
        places = {key: place for place, key in enumerate(known)}
        return FlipRows(
            index=KeyIndex(known),
            facet=np.array([places[keys[cell]] for cell in cells], dtype=np.int64),
            is_positive=true_for(is_positive, said),
            features=kept.select(names).to_numpy() if names else np.empty((kept.height, 0)),
        )


def _smallest(draws: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """The places of the n smallest numbers, of numbers between 0 and 1; few others are looked at twice."""
    some = np.flatnonzero(draws < 1.2 * n / len(draws))
    if len(some) <= n:
        return np.argpartition(draws, n)[:n]
    return np.asarray(some[np.argpartition(draws[some], n)[:n]])


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


@dataclass(frozen=True, eq=False)
class FlipRows:
    """Rows ready for the test.

    Attributes:
        index: the different values of the facet.
        facet: which of them each row has.
        is_positive: whether the prediction is the good outcome.
        features: one row each.
    """

    index: KeyIndex
    facet: NDArray[np.int64]
    is_positive: Bools
    features: NDArray[np.float64]

    def members(self, choice: Chosen) -> Bools:
        """Whether each row is in a group."""
        return np.asarray(self.index.chosen(choice)[self.facet])

    def flips(self, is_member: Bools) -> NDArray[np.int64]:
        """Of each member: 1 if it would lose what it was given, -1 if it would get what it was not, else 0.

        The nearest non-members decide by majority. There must be a member, another row, and a feature.
        """
        k = 1 if np.count_nonzero(~is_member) <= FEW_ROWS else N_NEIGHBOURS
        k = min(k, int(np.count_nonzero(~is_member)))
        points, asked = self.features[~is_member], self.features[is_member]
        is_given = majority(points, self.is_positive[~is_member], asked, k)
        if is_given is None:
            is_given = self.is_positive[self._nearest_others(is_member, k)].mean(axis=1) > 0.5
        said = self.is_positive[is_member].astype(np.int64)
        return np.asarray(said - is_given.astype(np.int64))

    def _nearest_others(self, is_member: Bools, k: int) -> NDArray[np.int64]:
        """For each member the places of the k nearest non-members.

        Of so many more than k as there are members, k at least are none; for a small group, one tree of all
        rows then serves as well as a tree of the others.
        """
        n_members = int(np.count_nonzero(is_member))
        if n_members > FEW_MEMBERS:
            others = np.flatnonzero(~is_member)
            return np.asarray(others[_nearest(_tree(self.features[others]), self.features[is_member], k)])
        near = _nearest(self._tree_of_all, self.features[is_member], k + n_members)
        order = np.argsort(is_member[near], axis=1, kind="stable")
        return np.asarray(np.take_along_axis(near, order, axis=1)[:, :k])

    @cached_property
    def _tree_of_all(self) -> Any:
        return _tree(self.features)


def _tree(points: NDArray[np.float64]) -> Any:
    from scipy.spatial import cKDTree

    return cKDTree(points)


def _nearest(tree: Any, points: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    _, near = tree.query(points, k=k, workers=-1 if len(points) * k > MANY_ANSWERS else 1)
    return np.asarray(near).reshape(-1, k)


def flip_test(flips: NDArray[np.int64]) -> float:
    """Members that would lose less those that would gain, over all members; in [-1, 1]."""
    return float(flips.sum() / len(flips))
