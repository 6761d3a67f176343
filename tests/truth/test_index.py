"""Labels found by the keys of their ids, in memory and in files."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from leeboard.truth.index import IndexBuilder, LabelIndex
from leeboard.truth.keys import keys_of

PLENTY, LITTLE = 1 << 30, 10_000


def _index(memory_bytes: int, folder: Path, *, n: int, n_replaced: int = 0) -> LabelIndex:
    """Labels of n ids in three parts, the last late; then newer ones for the first ids."""
    builder = IndexBuilder(memory_bytes, str(folder))
    ids = np.random.default_rng(n).permutation(n)
    for number, part in enumerate(np.array_split(ids, 3)):
        texts = pl.Series([f"label {i}" for i in part], dtype=pl.String)
        builder.add(keys_of(_ids(part)), texts, is_late=number == 2)
    newer = pl.Series([f"newer {i}" for i in range(n_replaced)], dtype=pl.String)
    builder.add(keys_of(_ids(np.arange(n_replaced))), newer, is_late=False)
    return builder.build()


def _ids(numbers: np.ndarray) -> pl.Series:
    return pl.Series([f"id {i}" for i in numbers], dtype=pl.String)


@pytest.mark.parametrize("memory_bytes", [PLENTY, LITTLE])
@pytest.mark.parametrize("n", [0, 1, 2, 3_000])
def test_each_id_has_its_label_and_strangers_have_none(tmp_path: Path, memory_bytes: int, n: int) -> None:
    index = _index(memory_bytes, tmp_path, n=n)
    positions = index.find(keys_of(_ids(np.arange(n + 5))))
    assert positions[n:].tolist() == [-1] * 5
    assert index.texts(positions[:n]).to_list() == [f"label {i}" for i in range(n)]
    assert index.n_late(positions[:n]) == n // 3


@pytest.mark.parametrize("memory_bytes", [PLENTY, LITTLE])
def test_of_several_labels_the_last_counts(tmp_path: Path, memory_bytes: int) -> None:
    index = _index(memory_bytes, tmp_path, n=3_000, n_replaced=700)
    found = index.texts(index.find(keys_of(_ids(np.arange(3_000))))).to_list()
    assert found == [f"{'newer' if i < 700 else 'label'} {i}" for i in range(3_000)]
    assert (len(index), index.n_replaced) == (3_000, 700)
