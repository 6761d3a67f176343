"""Captured records with labels as a table, without files in between."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leeboard.tables import Tally
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL, PROBABILITY, Parts
from leeboard.truth.table import MergedTable, WriteTo, with_script

from .conftest import captured, label

SCORE = ReadOptions(parts=Parts(probability="0", reads_features=False))


def read(table):
    blocks = [table.block(chunk) for chunk in table.chunks()]
    frames = [block.frame for block in blocks if block.frame.width]
    return (
        frames[0].columns,
        [row for frame in frames for row in frame.rows()],
        sum((b.tally for b in blocks), Tally()),
    )


@pytest.fixture
def both(bench):
    bench.capture(captured("a", score="0.9"), "{", captured("b", score="0.1"), captured("c", score="x\ny"))
    bench.labels(label("b", "0"), label("a", "1"), label("c", "1"), label("d", "1"))
    return bench


def test_rows_are_those_of_the_merged_records(both):
    table = MergedTable(both.captures, both.truth, SCORE)
    columns, rows, tally = read(table)
    assert (columns, rows) == ([LABEL, PROBABILITY], [("1", "0.9"), ("0", "0.1")])
    assert tally.samples[0].reason.startswith("not JSON")
    assert "1 of label, 2 of probability" in tally.samples[1].reason
    assert (table.summary.n_matched, table.summary.n_labels_without_capture) == (3, 1)


def test_without_parts_the_rows_are_those_of_data_quality(both):
    _, rows, _ = read(MergedTable(both.captures, both.truth, ReadOptions()))
    assert rows[0] == ("0.9", "33", "Ä")


def test_merged_records_can_be_written_on_the_way(both):
    table = MergedTable(both.captures, both.truth, SCORE, write_to=WriteTo(both.output, "job"))
    read(table)
    written = both.lines
    assert table.summary.files == tuple(map(str, both.files))
    both.merge("job")
    assert both.lines == written
    assert len(both.files) == 1


def test_a_script_sees_the_label(both):
    def script(records):
        return [[{"s": record["groundTruthData"]["data"] + "5"}] for record in records]

    options = ReadOptions(parts=Parts(probability="s", reads_features=False), transform=script)
    _, rows, _ = read(with_script(MergedTable(both.captures, both.truth, options), options))
    assert rows == [("1", "15"), ("0", "05"), ("1", "15")]


@pytest.mark.parametrize(
    "window", [None, (datetime(2022, 4, 18, 0, 20, tzinfo=UTC), datetime(2022, 4, 18, 1, tzinfo=UTC))]
)
@pytest.mark.parametrize("features", [False, True])
def test_rows_are_the_same_with_merged_records_in_between_and_without(bench, window, features):
    lines = [
        captured(f"e{i}", inference=f"i{i}" if i % 3 else None, minute=i, score=str(i)) for i in range(60)
    ]
    bench.capture(*lines)
    bench.labels(*[label(f"{'i' if i % 3 else 'e'}{i}", f" {i} " if i % 7 else "") for i in range(0, 90, 2)])
    options = ReadOptions(parts=Parts(probability="0", reads_features=features), window=window)
    direct = MergedTable(bench.captures, bench.truth, options)
    written = MergedTable(bench.captures, bench.truth, options, write_to=WriteTo(bench.output, "job"))
    assert read(direct) == read(written)
    assert replace(written.summary, files=()) == direct.summary
    assert direct.summary.n_matched == (20 if window else 30)
