"""All that is kept of rows to measure bias: counts of combinations, and a sample for the flip test."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isnan
from typing import Any, Self

import polars as pl

from leeboard.errors import InputError
from leeboard.measures.bias.columns import (
    Counted,
    Dense,
    counted,
    dense,
    has_few,
    nothing,
    predicted,
    tidy,
    watched,
)
from leeboard.measures.bias.counting import Cell, Counts, Small, count
from leeboard.measures.bias.flips import FlipSample
from leeboard.measures.bias.keys import OTHER, coarse, threshold_in
from leeboard.measures.bias.kinds import Kind
from leeboard.measures.bias.question import Question, Value, Watched
from leeboard.tables import Block, Tally
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

FACET, OBSERVED, PREDICTED, GROUP = 0, 1, 2, 3
"""Places in a combination."""
MOST_LABELS = 100
"""Different labels that are kept apart; of more, only how they stand to the wanted ones."""
MOST_VALUES = 10_000
"""Different values of a facet whose values were not given, and of the group variable."""
MOST_CELLS = 1_000_000
"""Combinations that are kept; beyond, the group variable is given up."""
PARTS = (LABEL, PREDICTION, PROBABILITY)


@dataclass(frozen=True, slots=True)
class BiasState:
    """Counts of (facet, label, prediction, group) for each facet.

    Attributes:
        counts: one table a facet, by its place in the question.
        kinds: of the columns whose wanted value may be a threshold, by place; -1 is the label.
        names: of the facets, where they were given by position.
    """

    n_rows: int = 0
    columns: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)
    question: Question | None = None
    counts: tuple[Counts, ...] = ()
    kinds: Mapping[int, Kind] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    flips: FlipSample | None = None

    def __add__(self, other: Self) -> Self:
        if self.question is None or other.question is None:
            one, two = (self, other) if other.question is None else (other, self)
            return type(self)(one.n_rows + two.n_rows, one.columns, one.tally + two.tally, one.question,
                              one.counts, one.kinds, one.names, one.flips)  # fmt: skip
        return type(self)(
            self.n_rows + other.n_rows,
            tuple(dict.fromkeys([*self.columns, *other.columns])),
            self.tally + other.tally,
            self.question,
            tuple(
                _bounded(_sum(one, two), self.question, facet)
                for one, two, facet in zip(self.counts, other.counts, self.question.facets, strict=True)
            ),
            {place: kind + other.kinds[place] for place, kind in self.kinds.items()},
            self.names,
            self.flips + other.flips if self.flips and other.flips else self.flips or other.flips,
        )

    @property
    def has_predictions(self) -> bool:
        """Whether a row said what the model answers."""
        return any(cell[PREDICTED] is not None for counts in self.counts for cell in counts)


@dataclass(frozen=True, slots=True)
class BiasRecipe:
    """What makes the state of a question."""

    question: Question

    def zero(self) -> BiasState:
        return BiasState()

    def of(self, block: Block) -> BiasState:
        """The state of a block.

        Raises:
            InputError: a column that the question names is not there.
        """
        frame, question = block.frame, self.question
        if not frame.height:
            return BiasState(tally=block.tally)
        names = [column_name(facet.column, frame) for facet in question.facets]
        cells = [tidy(frame.get_column(name)) for name in names]
        label = tidy(frame.get_column(LABEL)) if LABEL in frame.columns else None
        said = predicted(frame, question) or nothing(frame.height)
        facets = [watched(column, facet.values) for column, facet in zip(cells, question.facets, strict=True)]
        others = [_label(label, question) or nothing(frame.height), said, _group(frame, question)]
        small = {id(one): found for one in [*facets, *others] if (found := dense(one.cells))}
        counts = count(facets, others, small)
        return BiasState(
            n_rows=frame.height,
            columns=tuple(frame.columns),
            tally=block.tally,
            question=question,
            counts=tuple(
                _bounded(one, question, facet) for one, facet in zip(counts, question.facets, strict=True)
            ),
            kinds=_kinds(cells, [_as_it_is(one, small) for one in facets], question)
            | _label_kind(label, _as_it_is(others[0], small), question),
            names=tuple(names),
            flips=self._flips(frame, said, names),
        )

    def _flips(self, frame: pl.DataFrame, said: Counted, names: Sequence[str]) -> FlipSample | None:
        """A sample of the rows that have a prediction; None if none has."""
        options = self.question.flip
        if not options.max_rows or said.cells.null_count() == frame.height:
            return None
        excluded = {column_name(name, frame) for name in options.exclude if _is_there(name, frame)}
        features = [name for name in frame.columns if name not in {*PARTS, *excluded}]
        cells = said.cells
        if cells.null_count():
            frame, cells = frame.filter(cells.is_not_null()), cells.drop_nulls()
        return FlipSample.of(
            frame,
            replace(said, cells=cells),
            names,
            features,
            max_rows=options.max_rows,
            seed=self.question.seed,
        )


def column_name(column: str | int, frame: pl.DataFrame) -> str:
    """The name of a column that was given by name or by position among those that are no parts of a record.

    Raises:
        InputError: there is no such column.
    """
    names = [name for name in frame.columns if name not in PARTS]
    if isinstance(column, str) and column in names:
        return column
    if isinstance(column, int) and column < len(names):
        return f"_c{column}" if f"_c{column}" in names else names[column]
    raise InputError(f"no column {column!r} in the data; columns there: {', '.join(names) or 'none'}")


def _is_there(column: str | int, frame: pl.DataFrame) -> bool:
    return column in frame.columns if isinstance(column, str) else column < frame.width


def _label(label: pl.Series | None, question: Question) -> Counted | None:
    if label is None:
        return None
    return Counted(label) if has_few(label) else counted(label, question.positive)


def _group(frame: pl.DataFrame, question: Question) -> Counted:
    if question.group_variable is None:
        return nothing(frame.height)
    return Counted(tidy(frame.get_column(column_name(question.group_variable, frame))))


def _kinds(cells: Sequence[pl.Series], small: Sequence[Dense | None], question: Question) -> dict[int, Kind]:
    """Of the facets of which a single number is wanted."""
    places = [i for i, facet in enumerate(question.facets) if not isnan(threshold_in(facet.values))]
    return {i: _kind(cells[i], small[i]) for i in places}


def _label_kind(label: pl.Series | None, small: Dense | None, question: Question) -> dict[int, Kind]:
    if isnan(threshold_in(question.positive)):
        return {}
    return {-1: Kind() if label is None else _kind(label, small)}


def _as_it_is(column: Counted, small: Small) -> Dense | None:
    """The cells of a column as small numbers, if they are not codes already."""
    return small.get(id(column)) if column.keys is None else None


def _kind(column: pl.Series, small: Dense | None) -> Kind:
    """Columns that are small numbers anyway need not be looked at again."""
    if small is None or column.dtype.is_float() or len(small.values) == 1:
        return Kind.of_column(column)
    seen = _kind_of(tuple(small.used), str(column.dtype))
    return replace(seen, n_present=len(column) - column.null_count())


@lru_cache(maxsize=1_000)
def _kind_of(values: tuple[Any, ...], dtype: str) -> Kind:
    """Block after block has the same values; those of different types may be equal."""
    return Kind.of_values(values, 0, is_floating=False)


def _sum(one: Counts, two: Counts) -> dict[Cell, int]:
    found = dict(one)
    for cell, n in two.items():
        found[cell] = found.get(cell, 0) + n
    return found


def _bounded(counts: Counts, question: Question, facet: Watched) -> Counts:
    """The counts with at most so many values of each column; which are given up depends on no order."""
    wanted: dict[int, tuple[int, Sequence[Value]]] = {
        OBSERVED: (MOST_LABELS, question.positive),
        PREDICTED: (MOST_LABELS, question.positive),
        FACET: (0 if facet.values else MOST_VALUES, facet.values),
        GROUP: (MOST_VALUES, ()),
    }
    for place, (most, values) in wanted.items():
        keys = {cell[place] for cell in counts}
        if len(keys) > most and any(coarse(key, values) != key for key in keys):
            counts = _mapped(counts, place, {key: coarse(key, values) for key in keys})
    if len(counts) > MOST_CELLS:
        counts = _mapped(counts, GROUP, {cell[GROUP]: OTHER for cell in counts})
    return counts


def _mapped(counts: Counts, place: int, keys: Mapping[str | None, str | None]) -> dict[Cell, int]:
    found: Counter[Cell] = Counter()
    for cell, n in counts.items():
        found[(*cell[:place], keys[cell[place]], *cell[place + 1 :])] += n
    return dict(found)


def key_texts(keys: Iterable[str | None]) -> list[str]:
    """The values that are kept as they are, sorted."""
    return sorted({key[1:] for key in keys if key and key.startswith("=")})
