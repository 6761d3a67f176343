"""Tables on S3."""

import gzip
import io

import polars as pl

from leeboard.storage import join, write_bytes
from leeboard.tables.opening import open_table
from s3_server import BUCKET, S3Server


def test_text_on_s3_is_streamed_below_a_prefix(s3: S3Server, read) -> None:
    root = f"s3://{BUCKET}/tables/csv"
    write_bytes(join(root, "0.csv"), b"a,b\n1,2\n")
    write_bytes(join(root, "1.csv"), gzip.compress(b"a,b\n3,4\n"))
    write_bytes(join(root, "_SUCCESS"), b"no")
    assert read(root).rows == [("1", "2"), ("3", "4")]
    assert read(root, chunk_bytes=5).rows == [("1", "2"), ("3", "4")]


def test_parquet_on_s3_is_read_twice_and_leaves_nothing_behind(s3: S3Server, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = io.BytesIO()
    pl.DataFrame({"a": [1, 2]}).write_parquet(data)
    write_bytes(f"s3://{BUCKET}/tables/parquet/0", data.getvalue())
    table = open_table(f"s3://{BUCKET}/tables/parquet/0")
    for _ in range(2):
        assert [table.block(chunk).frame["a"].to_list() for chunk in table.chunks()] == [[1, 2]]
    del table
    assert list(tmp_path.iterdir()) == []
