"""CSV files."""

import csv
import gzip
import io

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leeboard.errors import FormatError
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.tables.csv import looks_like_header

HEADER = DatasetFormat("csv", header=True)
NO_HEADER = DatasetFormat("csv", header=False)


def test_cells_are_kept_as_they_are_written(read, file):
    found = read(file("a,b\n1,1.50\n007,NaN\n-0,Infinity\n"), dataset_format=HEADER)
    assert found.rows == [("1", "1.50"), ("007", "NaN"), ("-0", "Infinity")]


def test_blanks_around_a_cell_are_removed(read, file):
    found = read(file("a, b\n 1 ,\t2\n3, x y \n"), dataset_format=HEADER)
    assert found.columns == ["a", "b"]
    assert found.rows == [("1", "2"), ("3", "x y")]


@pytest.mark.parametrize("empty", ["", '""', "  ", '" "', '"" '])
def test_an_empty_cell_is_missing(read, file, empty):
    assert read(file(f"a,b\n1,{empty}\n2,3\n"), dataset_format=HEADER).rows == [("1", None), ("2", "3")]


def test_without_header_columns_are_named_by_position(read, file):
    assert read(file("1,2,3\n"), dataset_format=NO_HEADER).columns == ["_c0", "_c1", "_c2"]


def test_without_header_given_names_go_by_position(read, file):
    found = read(file("1,2,3\n"), dataset_format=NO_HEADER, names=["age", "income"])
    assert found.columns == ["age", "income", "_c2"]


def test_each_file_has_its_own_header_and_columns_are_matched_by_name(read, file, tmp_path):
    file("a,b\n1,2\n", "part-0.csv")
    file("b,a\n4,3\n", "part-1.csv")
    assert read(tmp_path, dataset_format=HEADER).rows == [("1", "2"), ("3", "4")]


def test_a_header_above_numbers_is_recognised_and_this_is_said(file):
    from leeboard.tables.opening import open_table

    table = open_table(file("age,name\n41,x\n"))
    assert "with a header" in table.notes[0]
    assert [table.block(chunk).frame.columns for chunk in table.chunks()] == [["age", "name"]]


@pytest.mark.parametrize(
    ("rows", "names", "expected"),
    [
        ([["a", "b"], ["1", "x"]], None, True),
        ([["a", "1"], ["1", "x"]], None, False),
        ([["a", "a"], ["1", "x"]], None, True),
        ([["a", ""], ["1", "x"]], None, True),
        ([["", "age"], ["0", "31"], ["1", ""]], None, True),
        ([["a", "a"], ["b", "x"]], None, False),
        ([["a", "a"], ["1", "x"], ["b", "x"]], None, False),
        ([["a", ""], ["b", "1"]], None, False),
        ([["city", "land"], ["Bonn", "D"]], None, True),
        ([["Bonn", "D"], ["Kiel", "D"]], None, False),
        ([["1", "2"], ["3", "4"]], ["1", "2"], True),
        ([["city", "land"]], None, True),
        ([["Bonn", "D"]], ["city", "land"], False),
        ([], None, False),
    ],
)
def test_what_a_header_looks_like(rows, names, expected):
    assert looks_like_header(rows, names) is expected


def test_a_short_row_gets_missing_cells_and_is_counted(read, file):
    found = read(file("a,b,c\n1,2,3\n4,5\n6,7,\n"), dataset_format=HEADER)
    assert found.rows == [("1", "2", "3"), ("4", "5", None), ("6", "7", None)]
    assert [(one.line, one.reason, one.sample) for one in found.malformed] == [
        (3, "2 cells, 3 expected", "4,5")
    ]


def test_a_long_row_loses_its_extra_cells_and_is_counted(read, file):
    found = read(file("a,b\n1,2\n3,4,5\n6,7\n"), dataset_format=HEADER)
    assert found.rows == [("1", "2"), ("3", "4"), ("6", "7")]
    assert [(one.line, one.reason) for one in found.malformed] == [(3, "3 cells, 2 expected")]


def test_one_long_first_row_without_header_does_not_set_the_width(read, file):
    found = read(file("1,2,3\n4,5\n6,7\n8,9\n"), dataset_format=NO_HEADER)
    assert found.columns == ["_c0", "_c1"]
    assert found.lines == [1]


def test_blank_lines_inside_are_rows_of_missing_cells_but_not_at_the_end(read, file):
    found = read(file("a,b\n1,2\n\n3,4\n\n\n"), dataset_format=HEADER)
    assert found.rows == [("1", "2"), (None, None), ("3", "4")]
    assert found.n_malformed == 0


def test_quoted_cells_hold_separators_quotes_and_line_ends(read, file):
    found = read(file('a,b\n"x, ""y""","1\n2"\r\n"z" , "w"\n'), dataset_format=HEADER)
    assert found.rows == [('x, "y"', "1\n2"), ("z", "w")]


def test_quotes_escaped_by_a_backslash_are_understood(read, file):
    found = read(file('a,b\n"say \\"hi, you\\" now",1\nC:\\dir,2\n'), dataset_format=HEADER)
    assert found.rows == [('say "hi, you" now', "1"), ("C:\\dir", "2")]


def test_a_backslash_at_the_end_of_a_quoted_cell_is_no_escape_where_quotes_are_doubled(read, file):
    found = read(file('a,b\n"C:\\a,b\\",1\n"x ""y""",2\n'), dataset_format=HEADER)
    assert found.rows == [("C:\\a,b\\", "1"), ('x "y"', "2")]


def test_a_quote_inside_a_cell_is_an_ordinary_character(read, file):
    found = read(file('size,n\n5" pipe,1\n7" pipe,2\n'), dataset_format=HEADER)
    assert found.rows == [('5" pipe', "1"), ('7" pipe', "2")]


def test_a_quote_that_nobody_closes_costs_its_own_row_alone(read, file):
    found = read(file('a,b\n"x,1\ny,2\n'), dataset_format=HEADER, chunk_bytes=8, max_line_bytes=16)
    assert found.rows == [('"x', "1"), ("y", "2")]


def test_empty_column_names_are_refused_with_their_position(read, file):
    with pytest.raises(FormatError, match="no name for column 2, 4 of 4"):
        read(file("a,,b, \n1,2,3,4\n"), dataset_format=HEADER)


def test_duplicate_column_names_are_refused_by_name(read, file):
    with pytest.raises(FormatError, match="more than one column named 'a'"):
        read(file("a,b,a\n1,2,3\n"), dataset_format=HEADER)


def test_a_byte_order_mark_is_not_part_of_the_first_name(read, file):
    assert read(file(b"\xef\xbb\xbfa,b\n1,2\n"), dataset_format=HEADER).columns == ["a", "b"]


def test_utf_16_is_told_by_its_mark(read, file):
    assert read(file("a,b\nß,2\n".encode("utf-16")), dataset_format=HEADER).rows == [("ß", "2")]


def test_another_encoding_can_be_given(read, file):
    found = read(file("a,b\nß,2\n".encode("latin-1")), dataset_format=HEADER, encoding="latin-1")
    assert found.rows == [("ß", "2")]


def test_a_line_that_is_not_utf_8_is_counted_and_the_rest_goes_on(read, file):
    found = read(file("a,b\nx,1\nß,2\ny,3\n".encode("latin-1")), dataset_format=HEADER)
    assert [row[1] for row in found.rows] == ["1", "2", "3"]
    assert found.lines == [3]
    assert "byte 0xdf at 0 is not UTF-8" in found.malformed[0].reason


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_compressed_files_are_read_whatever_they_are_called(read, file, pack):
    assert read(file(pack(b"a,b\n1,2\n"), "data.txt")).rows == [("1", "2")]


def test_two_gzip_files_put_together_are_one(read, file):
    assert len(read(file(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))).rows) == 2


def test_a_gzip_file_that_was_cut_is_refused_by_name(read, file):
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    with pytest.raises(FormatError, match=r"cut\.csv cannot be read"):
        read(file(packed[:-10], "cut.csv"), dataset_format=HEADER)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(range(256)) * 9, "is no text"),
        (b"PK\x03\x04" + bytes(200), "is no text"),
        ("a,b\nß,2\n".encode("utf-16-le"), "encoding utf-16-le"),
        ("a,b\nß,2\n".encode("utf-16-be"), "encoding utf-16-be"),
    ],
)
def test_a_file_that_is_no_text_is_refused(read, file, content, reason):
    with pytest.raises(FormatError, match=reason):
        read(file(content, "data.csv"))


def test_one_byte_that_no_text_has_is_left_to_the_cell(read, file):
    assert len(read(file("a,b\n1,\0\n" + 99 * "2,x\n")).rows) == 100


def test_a_parquet_file_given_as_csv_is_refused(read, file):
    with pytest.raises(FormatError, match="is a Parquet file"):
        read(file(b"PAR1abc"), dataset_format=HEADER)


def test_columns_can_be_left_out_by_name(read, file):
    assert read(file("a,b\n1,2\n"), dataset_format=HEADER, exclude=["b"]).columns == ["a"]


def test_chunks_stand_for_all_bytes_of_the_file_and_name_their_first_line(file):
    from leeboard.tables.opening import open_table

    path = file("a,b\n" + "1,2\n" * 100)
    chunks = list(open_table(path, dataset_format=HEADER, chunk_bytes=40).chunks())
    assert sum(chunk.size_bytes for chunk in chunks) == path.stat().st_size
    assert [chunk.first_line for chunk in chunks[:3]] == [2, 11, 21]


def test_a_table_can_be_read_twice(file):
    from leeboard.tables.opening import open_table

    table = open_table(file("a,b\n1,2\n"))
    heights = [[table.block(chunk).frame.height for chunk in table.chunks()] for _ in range(2)]
    assert heights == [[1], [1]]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)
TABLES = st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1))
quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def written(rows, quoting=csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue()


def expected(rows) -> list[tuple[str | None, ...]]:
    return [tuple(cell.strip(" \t") or None for cell in row) for row in rows]


@quick
@given(TABLES, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.integers(8, 300))
def test_what_a_csv_writer_wrote_is_read_back_cell_for_cell(read, file, rows, quoting, chunk_bytes):
    header = [f"column {i}" for i in range(len(rows[0]))]
    rows = [*rows, ["end"] * len(header)]
    path = file(written([header, *rows], quoting))
    found = read(path, dataset_format=HEADER, chunk_bytes=chunk_bytes)
    assert found.rows == expected(rows)
    assert found.n_malformed == 0


@quick
@given(st.text('a1," \n', max_size=80), st.integers(1, 60))
def test_rows_and_complaints_do_not_depend_on_the_size_of_chunks(read, file, text, chunk_bytes):
    path = file("1,2,3\n" * 5 + text)
    whole = read(path, dataset_format=NO_HEADER)
    parts = read(path, dataset_format=NO_HEADER, chunk_bytes=chunk_bytes)
    assert (parts.rows, parts.malformed) == (whole.rows, whole.malformed)
