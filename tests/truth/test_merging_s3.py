"""The merge between buckets."""

import json

from leeboard.storage import list_objects, read_bytes, write_bytes
from leeboard.truth.merging import merge
from s3_server import BUCKET, S3Server

from .conftest import captured, label

ROOT = f"s3://{BUCKET}/merging"
HOUR = "churn/AllTraffic/2022/04/18/00"


def test_files_on_s3_are_cut_where_they_get_long(s3: S3Server, monkeypatch) -> None:
    monkeypatch.setattr("leeboard.truth.writing.MAX_REMOTE_BYTES", 600)
    monkeypatch.setattr("leeboard.truth.captured.CHUNK_BYTES", 300)
    events = [f"e{i}" for i in range(5)]
    write_bytes(f"{ROOT}/capture/{HOUR}/a.jsonl", "\n".join(map(captured, events)).encode())
    write_bytes(f"{ROOT}/labels/2022/04/18/00/l.jsonl", "\n".join(map(label, events)).encode())
    summary = merge([f"{ROOT}/capture"], [f"{ROOT}/labels"], f"{ROOT}/merged", job="job")
    found = [one.uri for one in list_objects(f"{ROOT}/merged")]
    assert list(summary.files) == found
    assert [uri.removeprefix(f"{ROOT}/merged/{HOUR}/")[:10] for uri in found] == [
        f"part-0000{i}" for i in range(5)
    ]
    merged = [json.loads(line) for uri in found for line in read_bytes(uri).splitlines()]
    assert [one["eventMetadata"]["eventId"] for one in merged] == events
