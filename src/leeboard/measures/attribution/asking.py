"""Many rows put to a model in few large calls, several of them at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import polars as pl

from leeboard.errors import InputError
from leeboard.measures.attribution.coalitions import Floats
from leeboard.measures.model import Model, Predictions

Asked = Callable[[int], None]
"""Told of the number of rows of each call that was answered."""


class Asker:
    """Asks a model, and counts.

    Args:
        max_rows: most rows of one call.
        n_parallel: calls at a time; the answers do not depend on it.
        label_headers: what the model's labels may be, if it gives labels that are no numbers and no scores.

    Attributes:
        n_calls, n_rows: so far.
    """

    def __init__(
        self,
        model: Model,
        *,
        max_rows: int = 8_192,
        n_parallel: int = 4,
        label_headers: tuple[str, ...] = (),
        told: Asked = lambda n_rows: None,
    ) -> None:
        self.model, self.max_rows, self.n_parallel = model, max_rows, n_parallel
        self.label_headers, self.told = label_headers, told
        self.n_calls = self.n_rows = 0

    def ask(self, rows: pl.DataFrame) -> Floats:
        """The answers to all rows, shape (n_rows, n_outputs)."""
        (answers,) = self.answers([rows])
        return answers

    def answers(self, pieces: Iterable[pl.DataFrame]) -> Iterator[Floats]:
        """The answers to each piece in turn; a call may hold the end of one and the start of the next.

        At most two calls a thread are under way, so that pieces are taken only as they are needed.
        """
        sizes: deque[int] = deque()
        calls = self._in_order(_packed(pieces, sizes, self.max_rows))
        stock: list[Floats] = []
        n_stock = 0
        for answer in calls:
            stock.append(answer)
            n_stock += len(answer)
            while sizes and sizes[0] <= n_stock:
                taken, rest = _cut(stock, sizes.popleft())
                stock, n_stock = [rest], len(rest)
                yield taken

    def _in_order(self, calls: Iterator[pl.DataFrame]) -> Iterator[Floats]:
        waiting: deque[tuple[int, Future[Floats]]] = deque()
        with ThreadPoolExecutor(self.n_parallel, thread_name_prefix="leeboard-ask") as threads:
            try:
                for rows in calls:
                    waiting.append((rows.height, threads.submit(self._call, rows)))
                    if len(waiting) >= 2 * self.n_parallel:
                        yield self._answered(*waiting.popleft())
                while waiting:
                    yield self._answered(*waiting.popleft())
            finally:
                for _, future in waiting:
                    future.cancel()

    def _answered(self, n_rows: int, future: Future[Floats]) -> Floats:
        answer = future.result()
        self.n_calls += 1
        self.n_rows += n_rows
        self.told(n_rows)
        return answer

    def _call(self, rows: pl.DataFrame) -> Floats:
        answer = scores_of(self.model.predict(rows), self.label_headers)
        if len(answer) != rows.height:
            raise InputError(
                f"the model was asked about {rows.height:,} rows at once but answered about {len(answer):,}; "
                "it must give one answer a row, in their order"
            )
        return answer


def _packed(pieces: Iterable[pl.DataFrame], sizes: deque[int], max_rows: int) -> Iterator[pl.DataFrame]:
    """The rows of all pieces in frames of exactly `max_rows`, but for the last; `sizes` gets theirs."""
    left: list[pl.DataFrame] = []
    n_left = 0
    for piece in pieces:
        sizes.append(piece.height)
        start = 0
        while n_left + piece.height - start >= max_rows:
            end = start + max_rows - n_left
            yield pl.concat([*left, piece[start:end]])
            left, n_left, start = [], 0, end
        if start < piece.height:
            left.append(piece[start:])
            n_left += piece.height - start
    if left:
        yield pl.concat(left)


def _cut(stock: list[Floats], n_rows: int) -> tuple[Floats, Floats]:
    together = stock[0] if len(stock) == 1 else np.concatenate(stock)
    return together[:n_rows], together[n_rows:]


def scores_of(said: Predictions, label_headers: tuple[str, ...] = ()) -> Floats:
    """What a model said as numbers: its scores, else labels that are numbers, else a column a known label.

    Raises:
        InputError: labels that are neither.
    """
    if said.scores is not None:
        return said.scores[:, None] if said.scores.ndim == 1 else said.scores
    labels = said.labels or []
    try:
        return np.array([float(label) for label in labels]).reshape(-1, 1)
    except ValueError:
        strange = next((label for label in labels if label not in label_headers), None)
    if strange is None:
        return np.array([[float(label == header) for header in label_headers] for label in labels])
    raise InputError(
        f"the model answers with labels such as {strange!r}, and attributions need numbers; point the "
        "predictor's `probability` at the scores, or list all labels as label_headers"
    )
