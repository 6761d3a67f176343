"""Clients that are not boto3: leeboard's own storage, with obstore below it, and polars."""

import os
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from leeboard.errors import NotFoundError
from leeboard.storage import exists, list_objects, open_read, read_bytes, read_range, write_bytes

UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_SKIP_SIGNATURE", "LEEBOARD_OBJECTS")
KEYS = ["a/b.csv", "capture//x.jsonl", "a/./b", "tab\tbell\x07.csv", "grün-日本 %41+.csv"]


@pytest.fixture
def root(live_face, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The bucket, for a process whose AWS settings name the live server."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", live_face.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", live_face.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", live_face.secret)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return f"s3://{bucket}"


@pytest.mark.parametrize("key", KEYS)
def test_what_leeboard_writes_it_reads(root: str, key: str) -> None:
    uri = f"{root}/{key}"
    write_bytes(uri, b"abcdef")
    assert [found.uri for found in list_objects(root)] == [uri]
    assert (read_bytes(uri), read_range(uri, 2, 3), read_range(uri, 9, 3)) == (b"abcdef", b"cde", b"")
    assert exists(uri)
    with pytest.raises(NotFoundError, match="nothing is stored at"):
        read_bytes(uri + "x")


def test_a_large_object_goes_up_in_parts_and_streams_down(root: str) -> None:
    data = os.urandom(1 << 20) * 20 + b"end"
    write_bytes(f"{root}/large", data)
    with open_read(f"{root}/large") as stream:
        assert b"".join(iter(lambda: stream.read(3_000_001), b"")) == data


def test_many_clients_at_once_each_get_their_own(root: str) -> None:
    def round_trip(n: int) -> bool:
        write_bytes(f"{root}/{n % 5}/{n}", f"{n}".encode() * 10_000)
        return read_bytes(f"{root}/{n % 5}/{n}") == f"{n}".encode() * 10_000

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(round_trip, range(80)))
    assert len(list(list_objects(root))) == 80


def test_polars_reads_parquet_from_a_bucket(root: str, live_face) -> None:
    frame = pl.DataFrame({"n": range(1000)})
    frame.write_parquet(live_face.folder.root / root.removeprefix("s3://") / "x.parquet")
    options = {
        "aws_endpoint_url": live_face.endpoint,
        "aws_access_key_id": live_face.key,
        "aws_secret_access_key": live_face.secret,
        "aws_region": "us-east-1",
        "aws_allow_http": "true",
    }
    assert pl.scan_parquet(f"{root}/*.parquet", storage_options=options).sum().collect().item() == 499_500
