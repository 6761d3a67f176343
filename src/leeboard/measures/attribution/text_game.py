"""Kernel SHAP over the units of texts, beside the other features of the same rows."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from leeboard.measures.attribution.coalitions import Floats, Masks
from leeboard.measures.attribution.explanation import Explanation, ShapOptions, UnitValues
from leeboard.measures.attribution.kernel import Progress, play
from leeboard.measures.attribution.mixing import Indexes, Piece, TabularGame
from leeboard.measures.attribution.text import Granularity, Units
from leeboard.measures.model import Model


class TextGame:
    """The players are the units of a row's texts, then its other features that differ from the background.

    A unit that does not take part is replaced by the whole text of the background, "" in most cases.
    """

    def __init__(
        self, rows: pl.DataFrame, background: pl.DataFrame, texts: Sequence[str], granularity: Granularity
    ) -> None:
        self.texts, self.columns, self.n_background = list(texts), rows.columns, background.height
        self.units = {
            name: [Units.of(text, granularity) for text in rows[name].fill_null("")] for name in texts
        }
        self._instead = {name: background[name].fill_null("").to_list() for name in texts}
        others = [name for name in rows.columns if name not in self.units]
        self.rest = TabularGame(rows.select(others), background.select(others)) if others else None
        self.n_units = np.array(
            [[len(units.words) for units in self.units[name]] for name in texts], dtype=np.int64
        ).T.reshape(rows.height, len(texts))
        n_rest = self.rest.n_players if self.rest else np.zeros(rows.height, np.int64)
        self.n_players: Indexes = self.n_units.sum(axis=1) + n_rest

    def piece(self, which: Indexes, masks: Masks) -> Piece:
        return Piece(pl.concat([self._of_row(int(row), masks) for row in which]))

    def _of_row(self, row: int, masks: Masks) -> pl.DataFrame:
        ends = self.n_units[row].cumsum()
        found = []
        for name, end, n_units in zip(self.texts, ends, self.n_units[row], strict=True):
            units, kept = self.units[name][row], masks[:, end - n_units : end].tolist()
            instead = self._instead[name]
            found.append(pl.Series(name, [units.with_only(some, text) for some in kept for text in instead]))
        frame = pl.DataFrame(found)
        if self.rest is not None:
            mixed = self.rest.piece(np.array([row]), masks[:, int(self.n_units[row].sum()) :])
            others = mixed.rows if mixed.places is None else mixed.rows[mixed.places]
            frame = frame.hstack(others)
        return frame.select(self.columns)


def explain_texts(
    model: Model,
    rows: pl.DataFrame,
    background: pl.DataFrame,
    texts: Sequence[str],
    granularity: Granularity,
    options: ShapOptions = ShapOptions(),  # noqa: B008 - frozen
    progress: Progress = lambda done, total: None,
) -> Explanation:
    """Attributions of the units of some columns of text, and of all other features.

    The attribution of a text is the sum of those of its units.
    """
    game = TextGame(rows, background, texts, granularity)
    played = play(model, game, np.arange(rows.height), rows, background, options, progress)
    local = np.zeros((rows.height, rows.width, played.n_outputs))
    units: dict[str, list[UnitValues]] = {name: [] for name in texts}
    for row, values in enumerate(played.values):
        ends = game.n_units[row].cumsum()
        for name, end, n_units in zip(texts, ends, game.n_units[row], strict=True):
            mine = values[end - n_units : end]
            words = game.units[name][row]
            units[name].append(UnitValues(words.words, words.starts, mine))
            local[row, rows.columns.index(name)] = mine.sum(axis=0)
        if game.rest is not None:
            others = [place for place, name in enumerate(rows.columns) if name not in units]
            varying = np.array(others)[game.rest.varies[row]]
            local[row, varying] = values[int(game.n_units[row].sum()) :]
    return Explanation(
        features=tuple(rows.columns),
        local=local,
        expected=played.expected,
        predictions=played.predictions,
        n_calls=played.n_calls,
        n_model_rows=played.n_model_rows,
        notes=played.notes,
        units=units,
    )


def top_units(values: Sequence[UnitValues], output: int, n_most: int = 50) -> dict[str, float]:
    """The units with the largest mean size over all rows, at least 0; a row without a unit counts 0."""
    sums: dict[str, float] = {}
    for row in values:
        mine: dict[str, float] = {}
        for word, value in zip(row.units, _of_output(row.values, output), strict=True):
            mine[word] = mine.get(word, 0.0) + value
        for word, total in mine.items():
            sums[word] = sums.get(word, 0.0) + abs(total)
    ranked = sorted(sums, key=lambda word: (-sums[word], word))[:n_most]
    return {word: sums[word] / len(values) for word in ranked}


def _of_output(values: Floats, output: int) -> list[float]:
    return [float(value) for value in values[:, output]]
