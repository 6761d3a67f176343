"""Every engine gives the same profile for the same chunks."""

from collections.abc import Iterator

import polars as pl
import pytest

from leeboard.engines import ENGINES, Engine
from leeboard.profile import TableProfile
from leeboard.tables import Block, Chunk, Malformed, Tally

FRAME = pl.DataFrame(
    {
        "n": [str(i * 37 % 101) for i in range(5_000)],
        "x": [None if i % 7 == 0 else i / 8 for i in range(5_000)],
        "s": [f"group {i % 13}" for i in range(5_000)],
    }
)


class Slices:
    """A table that is a frame in slices, with one malformed record a slice."""

    size_bytes = None
    notes = ()

    def __init__(self, height: int) -> None:
        self.height = height
        self.n_parsed = 0

    def chunks(self) -> Iterator[Chunk]:
        for start in range(0, FRAME.height, self.height):
            yield Chunk("frame", start + 1, start)

    def block(self, chunk: Chunk) -> Block:
        self.n_parsed += 1
        bad = Malformed(chunk.uri, chunk.first_line, "planted")
        return Block(FRAME.slice(chunk.data, self.height), Tally.of([bad]))


EVERY_ENGINE = pytest.mark.parametrize("engine", list(ENGINES), ids=lambda engine: engine.name)


def expected() -> TableProfile:
    return TableProfile.of(Block(FRAME))


@EVERY_ENGINE
@pytest.mark.parametrize("height", [333, 5_000])
def test_the_profile_is_that_of_the_whole_table(engine: Engine, height: int) -> None:
    profile, whole = engine.fold(Slices(height), TableProfile), expected()
    assert profile.n_rows == 5_000
    for name, column in whole.columns.items():
        assert profile.columns[name].types == column.types
        assert profile.columns[name].completeness == column.completeness
        assert profile.columns[name].moments.mean == pytest.approx(column.moments.mean, rel=1e-12)
        assert profile.columns[name].categories.counts == column.categories.counts


@EVERY_ENGINE
def test_the_number_of_threads_changes_no_digit(engine: Engine) -> None:
    one, many = (
        engine.fold(Slices(101), TableProfile, n_threads=1),
        engine.fold(Slices(101), TableProfile, n_threads=4),
    )
    assert one.tally == many.tally
    for name in FRAME.columns:
        assert one.columns[name].moments == many.columns[name].moments
        levels = zip(one.columns[name].quantiles.levels, many.columns[name].quantiles.levels, strict=True)
        assert all(a.tolist() == b.tolist() for a, b in levels)


@EVERY_ENGINE
def test_each_chunk_is_parsed_once_and_reported_in_order(engine: Engine) -> None:
    table, seen = Slices(500), []
    profile = engine.fold(table, TableProfile, progress=lambda chunk, n: seen.append((chunk.first_line, n)))
    assert table.n_parsed == 10
    assert seen == [(1 + 500 * i, 500) for i in range(10)]
    assert profile.tally.n_malformed == 10


@EVERY_ENGINE
def test_an_error_in_a_block_reaches_the_caller(engine: Engine) -> None:
    class Broken(Slices):
        def block(self, chunk: Chunk) -> Block:
            raise ValueError(f"line {chunk.first_line}")

    with pytest.raises(ValueError, match="line 1"):
        engine.fold(Broken(100), TableProfile)
