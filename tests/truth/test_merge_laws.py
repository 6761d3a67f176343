"""The same merge, whatever the memory, the threads and the cutting into pieces."""

import json
import random

import numpy as np
import polars as pl
import pytest

from leeboard.truth.index import IndexBuilder
from leeboard.truth.keys import Keys, keys_of

from .conftest import captured, label

SMALL = 7_000


@pytest.fixture
def many(bench):
    """Records and labels with gaps, repetitions and odd ones on both sides."""
    random.seed(7)
    odd = ["{", "", captured("x9", groundTruthData={"data": "0", "encoding": "CSV"})]
    for hour in range(3):
        lines = [captured(f"e{random.randrange(400)}", score=str(i)) for i in range(200)]
        bench.capture(*lines[:150], odd[hour], *lines[150:], hour=f"churn/AllTraffic/2022/04/18/0{hour}")
        labels = [label(f"e{random.randrange(500)}", f"{hour}-{i}{'x' * (i % 30)}") for i in range(300)]
        bench.labels(*labels[:99], label("e7", "a\nb"), *labels[99:], hour=f"2022/04/18/0{hour}")
    return bench


def outcome(bench, **options):
    summary = bench.merge(**options)
    return bench.lines, summary


def test_memory_threads_and_pieces_change_nothing(many, monkeypatch):
    lines, summary = outcome(many)
    assert len(lines) == summary.n_matched > 300
    monkeypatch.setattr("leeboard.truth.captured.CHUNK_BYTES", SMALL)
    monkeypatch.setattr("leeboard.truth.labels.CHUNK_BYTES", SMALL)
    for memory_bytes, n_threads in ((1, 1), (20_000, 3), (1 << 20, 2)):
        assert outcome(many, memory_bytes=memory_bytes, n_threads=n_threads) == (lines, summary)


def test_each_record_has_the_label_that_a_plain_dictionary_gives(many):
    lines, _ = outcome(many)
    known = {}
    for file in sorted((many.folder / "truth").rglob("*.jsonl")):
        for line in file.read_text().splitlines():
            record = json.loads(line)
            known[record["eventMetadata"]["eventId"]] = record["groundTruthData"]["data"]
    for record in map(json.loads, lines):
        assert record["groundTruthData"]["data"] == known[record["eventMetadata"]["eventId"]]


def test_files_of_an_index_are_gone_when_it_is(many, tmp_path):
    place = tmp_path / "temp"
    place.mkdir()
    many.merge(memory_bytes=1, temp_folder=str(place))
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("memory_bytes", [1, 1 << 20])
def test_keys_that_share_their_first_half_are_told_apart(memory_bytes):
    builder = IndexBuilder(memory_bytes)
    first = np.array([5, 5, 5, 2**64 - 1, 0], np.uint64)
    second = np.array([1, 2, 3, 1, 1], np.uint64)
    builder.add(Keys(first, second), pl.Series(["a", "b", "c", "d", "e"]), is_late=False)
    builder.add(Keys(first[1:2], second[1:2]), pl.Series(["B"]), is_late=True)
    index = builder.build()
    more = np.array([5, 7], np.uint64), np.array([9, 1], np.uint64)
    asked = Keys(np.append(first, more[0]), np.append(second, more[1]))
    positions = index.find(asked)
    assert positions[5:].tolist() == [-1, -1]
    assert index.texts(positions[:5]).to_list() == ["a", "B", "c", "d", "e"]
    assert (len(index), index.n_replaced, index.n_late(positions[:5])) == (5, 1, 1)


def test_an_index_of_nothing_finds_nothing():
    assert IndexBuilder(1).build().find(keys_of(pl.Series(["a"]))).tolist() == [-1]


@pytest.mark.slow
def test_a_million_labels_go_through_files(tmp_path):
    n = 1_000_000
    builder = IndexBuilder(10 << 20, str(tmp_path))
    ids = pl.Series([f"id-{i}" for i in range(n)])
    for start in range(0, n, 50_000):
        part = ids[start : start + 50_000]
        builder.add(keys_of(part), part.str.slice(3) + "!", is_late=False)
    index = builder.build()
    asked = pl.Series(np.random.default_rng(1).integers(0, 2 * n, 100_000)).cast(pl.String)
    positions = index.find(keys_of("id-" + asked))
    is_there = positions >= 0
    assert is_there.tolist() == (asked.cast(pl.Int64) < n).to_list()
    assert index.texts(positions[is_there]).to_list() == (asked.filter(pl.Series(is_there)) + "!").to_list()
