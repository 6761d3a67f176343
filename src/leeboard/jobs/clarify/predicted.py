"""A data set beside which stands what a model says of each row, asked for while it is read."""

from collections.abc import Iterator, Sequence
from itertools import chain

import polars as pl

from leeboard.errors import InputError
from leeboard.measures.model import Model, Predictions
from leeboard.tables import Block, Chunk, Table
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

PROBE_ROWS = 500
"""Rows of the first chunk from which the kind of answers is told."""


class PredictedTable:
    """Another table's rows with the model's answers as their prediction or probability.

    Numbers with fractions are scores, to be held against the threshold, unless the labels have some, too.
    That is told from the first rows, so that it is the same for all.

    Args:
        table: the features under their names, and the label.
        model: asked about blocks, from several threads.
        has_scores: whether the model was told where its scores are.
    """

    def __init__(self, table: Table, model: Model, *, has_scores: bool) -> None:
        self._table, self._model = table, model
        self._has_scores = has_scores
        self._are_labels = True

    @property
    def size_bytes(self) -> int | None:
        return self._table.size_bytes

    @property
    def notes(self) -> Sequence[str]:
        return self._table.notes

    def chunks(self) -> Iterator[Chunk]:
        chunks = self._table.chunks()
        first = next(chunks, None)
        if first is None:
            return
        if not self._has_scores:
            rows = self._table.block(first).frame.head(PROBE_ROWS)
            self._are_labels = self._gives_labels(rows) if rows.height else True
        yield from chain([first], chunks)

    def block(self, chunk: Chunk) -> Block:
        block = self._table.block(chunk)
        if not block.frame.height:
            return block
        said = self._model.predict(block.frame)
        rows = block.frame.drop(PREDICTION, PROBABILITY, strict=False)
        return Block(rows.with_columns(self._columns(said)), block.tally)

    def _gives_labels(self, rows: pl.DataFrame) -> bool:
        said = self._model.predict(rows)
        if said.scores is None or said.scores.shape[1] > 1 or (said.scores % 1 == 0).all():
            return True
        return LABEL in rows.columns and _has_fractions(rows[LABEL])

    def _columns(self, said: Predictions) -> list[pl.Series]:
        single = said.scores is not None and said.scores.shape[1] == 1
        if self._has_scores or not self._are_labels:
            columns = (
                [pl.Series(PROBABILITY, said.scores[:, 0])] if single and said.scores is not None else []
            )
            if said.labels is not None and self._are_labels:
                columns.append(pl.Series(PREDICTION, said.labels, pl.String))
        elif said.labels is not None:
            columns = [pl.Series(PREDICTION, said.labels, pl.String)]
        else:
            columns = [pl.Series(PREDICTION, said.scores[:, 0])] if said.scores is not None else []
        if not columns:
            raise InputError("the model gives neither labels nor scores that can be held against the label")
        return columns


def _has_fractions(labels: pl.Series) -> bool:
    numbers = labels.cast(pl.Float64, strict=False)
    return numbers.count() == labels.count() and bool(((numbers % 1) != 0).any())
