"""Kernel SHAP (Lundberg and Lee, 2017) for any model that answers rows."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import polars as pl

from leeboard.measures.attribution.asking import Asker
from leeboard.measures.attribution.coalitions import (
    Coalitions,
    Floats,
    Masks,
    coalitions,
    default_n_samples,
)
from leeboard.measures.attribution.explanation import Explanation, ShapOptions
from leeboard.measures.attribution.links import linked
from leeboard.measures.attribution.mixing import Indexes, Piece, TabularGame
from leeboard.measures.attribution.regression import Projection, projection
from leeboard.measures.model import Model

Progress = Callable[[int, int], None]
"""Called with the model rows that are answered and those that there will be at most."""

PIECE_ROWS = 1 << 17
"""Rows that are mixed at once; results do not depend on how they are cut into calls."""
ONE_THREAD = 1 << 18
"""Multiplications up to which OpenBLAS stays in the thread that asks it."""


class Game(Protocol):
    """Who plays in each row, and the rows that stand for their coalitions."""

    n_players: Indexes
    n_background: int

    def piece(self, which: Indexes, masks: Masks) -> Piece: ...


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is asked about every row with some number of players, and what follows from the answers."""

    asked: Coalitions
    projection: Projection

    @classmethod
    def of(cls, n_players: int, n_samples: int | None, seed: int) -> Self:
        asked = coalitions(n_players, max(_n_coalitions(n_players, n_samples), 2), seed)
        return cls(asked, projection(asked))


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Some rows that share a design, and which of its coalitions: all, unless one row is too much."""

    which: Indexes
    design: Design
    coalitions: slice

    @property
    def masks(self) -> Masks:
        return self.design.asked.masks[self.coalitions]

    @property
    def by_coalition(self) -> Floats:
        return self.design.projection.by_coalition[:, self.coalitions]


def explain(
    model: Model,
    rows: pl.DataFrame,
    background: pl.DataFrame,
    options: ShapOptions = ShapOptions(),  # noqa: B008 - frozen
    progress: Progress = lambda done, total: None,
) -> Explanation:
    """Attributions of the features of each row against the background.

    Rows with the same number of features that differ from the background share their coalitions, so
    that the regression is one matrix product for all of them. Equal rows are asked about once.
    """
    game = TabularGame(rows, background)
    kinds, kind = game.distinct()
    players = play(model, game, kinds, rows, background, options, progress)
    local = np.zeros((len(kinds), rows.width, players.n_outputs))
    for place, (row, values) in enumerate(zip(kinds, players.values, strict=True)):
        local[place, game.varies[row]] = values
    return Explanation(
        features=tuple(rows.columns),
        local=local[kind],
        expected=players.expected,
        predictions=players.predictions[kind],
        n_calls=players.n_calls,
        n_model_rows=players.n_model_rows,
        notes=players.notes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """The attributions of the players of each row, shape (n_players, n_outputs) a row."""

    values: list[Floats]
    expected: Floats
    predictions: Floats
    n_calls: int
    n_model_rows: int
    notes: tuple[str, ...]

    @property
    def n_outputs(self) -> int:
        return len(self.expected)


def play(
    model: Model,
    game: Game,
    which: Indexes,
    rows: pl.DataFrame,
    background: pl.DataFrame,
    options: ShapOptions,
    progress: Progress,
) -> Played:
    """The Shapley values of a game whose worth is the model's mean answer over the background."""
    n_samples, notes = _n_samples(game, which, options)
    players = game.n_players[which]
    designs = {int(size): Design.of(int(size), n_samples, options.seed) for size in np.unique(players)}
    tasks = list(_tasks(game, which, designs))
    n_ends = background.height + len(which)
    asker = _asker(model, options, progress, n_ends + sum(_n_rows(task, game) for task in tasks))
    ends = asker.ask(pl.concat([background, rows[which]]))
    expected = linked(ends[: background.height].mean(axis=0), use_logit=options.use_logit)
    predictions = linked(ends[background.height :], use_logit=options.use_logit)
    by_total = (designs[int(size)].projection.by_total for size in players)
    values = [np.outer(share, gain) for share, gain in zip(by_total, predictions - expected, strict=True)]
    place_of = {int(row): place for place, row in enumerate(which)}
    for task, answers in _answered(asker, game, tasks):
        worths = linked(answers, use_logit=options.use_logit) - expected
        for row, value in zip(task.which, _projected(task.by_coalition, worths), strict=True):
            values[place_of[int(row)]] += value
    return Played(values, expected, predictions, asker.n_calls, asker.n_rows, notes)


def _projected(by_coalition: Floats, worths: Floats) -> Floats:
    """Shape (n_rows, n_players, n_outputs): products that are too small for BLAS to start threads over.

    Its threads would wait for each other on the cores that the model is busy on.
    """
    n_rows, n_coalitions, n_outputs = worths.shape
    flat = worths.transpose(0, 2, 1).reshape(-1, n_coalitions)
    step = max(1, ONE_THREAD // by_coalition.size)
    found = [flat[start : start + step] @ by_coalition.T for start in range(0, len(flat), step)]
    return np.concatenate(found).reshape(n_rows, n_outputs, -1).transpose(0, 2, 1)


def _asker(model: Model, options: ShapOptions, progress: Progress, total: int) -> Asker:
    done = 0

    def told(n_rows: int) -> None:
        nonlocal done
        done += n_rows
        progress(done, total)

    return Asker(
        model,
        max_rows=options.max_rows_per_call,
        n_parallel=options.n_parallel_calls,
        label_headers=options.label_headers,
        told=told,
    )


def _n_samples(game: Game, which: Indexes, options: ShapOptions) -> tuple[int | None, tuple[str, ...]]:
    """Coalitions a row, None for the default of each number of players, and what to tell of it."""
    if options.n_samples is not None:
        return options.n_samples, _told_if_too_few(options.n_samples, game.n_players[which])
    if options.max_model_rows is None or not len(which):
        return None, ()
    sizes, counts = np.unique(game.n_players[which], return_counts=True)
    by_default = [n * _n_coalitions(int(size), None) for size, n in zip(sizes, counts, strict=True)]
    wanted, afforded = sum(by_default) * game.n_background, options.max_model_rows
    if wanted <= afforded:
        return None, ()
    largest = int(sizes.max())
    n_samples = max(afforded // (len(which) * game.n_background), 4 * largest)
    told = (
        f"SHAP asks about {n_samples:,} coalitions a row instead of {default_n_samples(largest):,}: "
        f"{len(which):,} rows and a background of {game.n_background:,} would take {wanted:,} predictions; "
        "a smaller background costs less; num_samples or a larger max_model_rows lifts the bound"
    )
    return n_samples, (told,)


def _told_if_too_few(n_samples: int, players: Indexes) -> tuple[str, ...]:
    largest = int(players.max(initial=0))
    n_asked = _n_coalitions(largest, n_samples)
    if n_samples >= n_asked:
        return ()
    told = f"num_samples {n_samples} is too few for {largest} features: {n_asked} coalitions were asked a row"
    return (told,)


def _n_coalitions(n_players: int, n_samples: int | None) -> int:
    if n_players < 2:
        return 0
    n_samples = default_n_samples(n_players) if n_samples is None else max(n_samples, 2 * n_players)
    return min(n_samples, 2**n_players - 2) if n_players < 62 else n_samples


def _tasks(game: Game, which: Indexes, designs: dict[int, Design]) -> Iterator[Task]:
    players = game.n_players[which]
    step = max(1, PIECE_ROWS // game.n_background)
    for size, design in designs.items():
        n_asked = len(design.asked)
        mine = which[players == size] if n_asked else which[:0]
        n_together = max(1, step // max(1, n_asked))
        for start in range(0, len(mine), n_together):
            for begin in range(0, n_asked, step):
                some = slice(begin, min(begin + step, n_asked))
                yield Task(mine[start : start + n_together], design, some)


def _n_rows(task: Task, game: Game) -> int:
    return len(task.which) * len(task.masks) * game.n_background


def _answered(asker: Asker, game: Game, tasks: list[Task]) -> Iterator[tuple[Task, Floats]]:
    """Each task with the mean answers over the background, shape (n_rows, n_coalitions, n_outputs)."""
    waiting: deque[tuple[Task, Piece]] = deque()

    def frames() -> Iterator[pl.DataFrame]:
        for task in tasks:
            piece = game.piece(task.which, task.masks)
            waiting.append((task, piece))
            yield piece.rows

    for answers in asker.answers(frames()):
        task, piece = waiting.popleft()
        wanted = piece.spread(answers)
        shape = (len(task.which), len(task.masks), game.n_background, wanted.shape[1])
        yield task, wanted.reshape(shape).mean(axis=2)
