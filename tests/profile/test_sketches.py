"""Sketches stay within the error that they state, in bounded memory."""

from functools import reduce
from operator import add

import numpy as np
import polars as pl
import pytest

from leeboard.profile.reading import cells_of
from leeboard.profile.states.categories import MAX_VALUES, Categories
from leeboard.profile.states.distinct import MAX_EXACT, Distinct
from leeboard.profile.states.quantiles import K, Quantiles

SHAPES = {
    "normal": lambda rng, n: rng.normal(50, 12, n),
    "heavy tail": lambda rng, n: rng.pareto(0.8, n),
    "few values": lambda rng, n: rng.integers(0, 3, n).astype(float),
    "ascending": lambda rng, n: np.arange(float(n)),
}


def rank_gap(sketch: Quantiles, numbers: np.ndarray) -> float:
    """Largest difference between a rank in the sketch and the true rank, as a share."""
    ordered = np.sort(numbers)
    at = np.unique(ordered[:: max(1, len(ordered) // 999)])
    return float(np.abs(sketch.n_below(at) - np.searchsorted(ordered, at)).max() / len(ordered))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [700, 5_000, 60_000])
def test_ranks_are_within_the_stated_error(shape: str, block: int) -> None:
    numbers = SHAPES[shape](np.random.default_rng(5), 300_000)
    blocks = [Quantiles.of_numbers(numbers[i : i + block]) for i in range(0, len(numbers), block)]
    sketch = reduce(add, blocks)
    assert rank_gap(sketch, numbers) <= sketch.rank_error < 0.01
    assert sum(len(level) << i for i, level in enumerate(sketch.levels)) == len(numbers)


def test_merging_in_a_tree_keeps_the_error_too() -> None:
    numbers = np.random.default_rng(6).lognormal(2, 1, 200_000)
    parts = [Quantiles.of_numbers(part) for part in np.array_split(numbers, 64)]
    while len(parts) > 1:
        parts = [reduce(add, parts[i : i + 2]) for i in range(0, len(parts), 2)]
    assert rank_gap(parts[0], numbers) <= parts[0].rank_error < 0.01


def test_up_to_its_size_a_sketch_keeps_all_numbers_in_row_order() -> None:
    numbers = np.random.default_rng(7).normal(size=K)
    sketch = Quantiles.of_numbers(numbers[:1000]) + Quantiles.of_numbers(numbers[1000:])
    assert sketch.is_exact
    assert sketch.levels[0].tolist() == numbers.tolist()


def test_the_size_of_a_sketch_does_not_grow_with_the_rows() -> None:
    rng = np.random.default_rng(8)
    sketch = Quantiles.zero()
    for _ in range(200):
        sketch = sketch + Quantiles.of_numbers(rng.normal(size=20_000))
    assert sum(map(len, sketch.levels)) < 4 * K


def test_counts_beyond_the_bound_are_low_by_no_more_than_the_stated_error() -> None:
    rng = np.random.default_rng(9)
    values = np.minimum(rng.pareto(0.3, 200_000), 10**9).astype(int)
    texts = pl.Series([f"v{value}" for value in values])
    state = reduce(add, [Categories.of(cells_of(texts.slice(i, 25_000))) for i in range(0, 200_000, 25_000)])
    true = dict(texts.value_counts(name="n").iter_rows())
    counts = state.counts
    assert len(counts) == MAX_VALUES < len(true)
    assert all(true[value] - state.error <= n <= true[value] for value, n in counts.items())
    assert max(n for value, n in true.items() if value not in counts) <= state.error
    assert state.other == 200_000 - sum(counts.values())


def test_distinct_values_are_exact_up_to_the_bound_and_close_beyond() -> None:
    state = Distinct.zero()
    for start in range(0, 1_000_000, 50_000):
        state = state + Distinct.of(
            cells_of("user-" + pl.Series(range(start, start + 50_000)).cast(pl.String))
        )
        if start + 50_000 == MAX_EXACT:
            assert state.is_exact
            assert state.estimate == MAX_EXACT
    assert not state.is_exact
    assert state.estimate == pytest.approx(1_000_000, rel=0.04)
    assert len(state.hashes) <= MAX_EXACT


def test_counts_of_many_blocks_belong_to_their_values_whenever_they_are_read() -> None:
    rng = np.random.default_rng(10)
    numbers = pl.Series(rng.poisson(8, 60_000))
    state = reduce(add, [Categories.of(cells_of(numbers.slice(i, 5_000))) for i in range(0, 60_000, 5_000)])
    true = {str(value): n for value, n in numbers.value_counts(name="n").iter_rows()}
    assert state.counts == true
    for _ in range(5):
        values, counts = state.table.get_column("value"), state.table.get_column("count")
        assert dict(zip(values, counts, strict=True)) == true
