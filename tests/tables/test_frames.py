"""Data frames in memory."""

import datetime
import subprocess
import sys

import polars as pl
import pytest

from leeboard.errors import FormatError, InputError, NoDataError


def test_polars_frames_are_read(read):
    found = read(pl.DataFrame({"a": [1, 2], "b": [" x", None]}), exclude=["a"])
    assert (found.columns, found.rows) == (["b"], [("x",), (None,)])


def test_lazy_frames_are_read(read):
    assert read(pl.LazyFrame({"a": [1, 2]}).filter(pl.col("a") > 1)).rows == [(2,)]


def test_pandas_frames_are_read_and_their_nan_is_missing(read):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "i": [1, 2],
            "f": [1.5, float("nan")],
            "s": ["x", None],
            "b": [True, False],
            "n": pd.array([1, None], dtype="Int64"),
            "c": pd.Categorical(["k", None]),
            "t": pd.to_datetime(["2022-04-18", None]),
            7: ["mixed", 1],
        }
    )
    found = read(frame)
    assert found.columns == ["i", "f", "s", "b", "n", "c", "t", "7"]
    assert found.rows[0] == (1, 1.5, "x", "true", 1, "k", "2022-04-18 00:00:00", "mixed")
    assert found.rows[1] == (2, None, None, "false", None, None, None, "1")


def test_arrow_tables_and_batches_are_read(read):
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    assert read(table).rows == [(1, "x"), (2, None)]
    assert read(table.to_batches()[0]).rows == [(1, "x"), (2, None)]


def test_anything_that_hands_over_arrow_is_read(read):
    class Handing:
        def __arrow_c_stream__(self, schema=None):
            return pl.DataFrame({"a": [datetime.date(2022, 4, 18)]}).__arrow_c_stream__(schema)

    assert read(Handing()).rows == [("2022-04-18",)]


@pytest.mark.parametrize("library", ["pandas", "pyarrow"])
def test_two_columns_of_one_name_are_refused(read, library):
    module = pytest.importorskip(library)
    if library == "pandas":
        frame = module.DataFrame([[1, 2]], columns=["a", "a"])
    else:
        frame = module.table([[1], [2]], names=["a", "a"])
    with pytest.raises(FormatError, match="column names must differ"):
        read(frame)


def test_lists_in_a_pandas_column_are_refused_with_a_way_out(read):
    pd = pytest.importorskip("pandas")
    with pytest.raises(FormatError, match="column 'deep' of the pandas DataFrame holds a list in row 1"):
        read(pd.DataFrame({"deep": [None, [1]]}))


def test_a_frame_without_rows_is_no_data(read):
    with pytest.raises(NoDataError, match=r"the polars DataFrame has no rows \(1 columns\)"):
        read(pl.DataFrame({"a": []}))


def test_opening_files_imports_neither_pandas_nor_pyarrow(file):
    code = "import sys; from leeboard.tables.opening import open_table; open_table(sys.argv[1]);"
    code += "sys.exit('pandas' in sys.modules or 'pyarrow' in sys.modules)"
    environment = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(file("a,b\n1,2\n"))], env=environment, check=True)


def test_a_pandas_series_is_refused_with_what_makes_a_frame_of_it(read):
    pd = pytest.importorskip("pandas")
    with pytest.raises(InputError, match=r"pandas Series is no table.*to_frame"):
        read(pd.Series([1, 2], name="a"))


def test_advice_for_files_is_not_given_for_frames(read):
    pd = pytest.importorskip("pandas")
    with pytest.raises(FormatError, match=r"column names must differ: rename some$"):
        read(pd.DataFrame([[1, 2]], columns=["a", "a"]))
