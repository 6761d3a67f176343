"""What S3 is, asked by an unchanged boto3 of our server and of SeaweedFS, so that both must agree."""

import hashlib
import io
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from s3_server import KEY as WEED_KEY
from s3_server import SECRET as WEED_SECRET

PART = 5 << 20
BY_PARTS = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2)


@dataclass(frozen=True, slots=True)
class Server:
    """One of the servers that are asked the same."""

    endpoint: str
    key: str
    secret: str
    client: Any
    bucket: str
    open_client: Any

    def put(self, key: str, body: bytes = b"x", **more: Any) -> Any:
        return self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def get(self, key: str, **more: Any) -> bytes:
        return bytes(self.client.get_object(Bucket=self.bucket, Key=key, **more)["Body"].read())

    def listed(self, **more: Any) -> dict[str, Any]:
        return dict(self.client.list_objects_v2(Bucket=self.bucket, **more))

    def keys(self, **more: Any) -> list[str]:
        return [found["Key"] for found in self.listed(**more).get("Contents", [])]


@pytest.fixture(scope="module", params=["leeboard", "seaweedfs"])
def place(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Endpoint and key pair."""
    if request.param == "leeboard":
        face = request.getfixturevalue("live_face")
        return face.endpoint, "face-key", "face-secret"
    return request.getfixturevalue("s3").endpoint, WEED_KEY, WEED_SECRET


@pytest.fixture(scope="module")
def of_module(place: tuple[str, str, str], client_of: Callable[..., Any]) -> Iterator[Server]:
    """One bucket for all, as SeaweedFS has room for a few only."""
    client = client_of(*place)
    name = f"conform-{time.monotonic_ns()}"
    client.create_bucket(Bucket=name)
    yield Server(*place, client, name, client_of)
    client.close()


@pytest.fixture
def server(of_module: Server) -> Iterator[Server]:
    """Its bucket is empty at the begin of each test, though SeaweedFS may leave folders in it."""
    yield of_module
    while keys := of_module.keys():
        objects = [{"Key": key} for key in keys]
        of_module.client.delete_objects(Bucket=of_module.bucket, Delete={"Objects": objects})


def refused(do: Callable[[], Any]) -> tuple[int, str]:
    """Status and code of a refusal."""
    with pytest.raises(ClientError) as caught:
        do()
    said = caught.value.response
    return said["ResponseMetadata"]["HTTPStatusCode"], said["Error"]["Code"]


def test_a_bucket_is_seen_in_all_ways(server: Server) -> None:
    assert server.bucket in [found["Name"] for found in server.client.list_buckets()["Buckets"]]
    server.client.head_bucket(Bucket=server.bucket)
    assert server.client.get_bucket_location(Bucket=server.bucket)["LocationConstraint"] is None


def test_a_bucket_that_is_not_there_is_missing(server: Server) -> None:
    none = server.bucket + "-no"
    assert refused(lambda: server.client.head_bucket(Bucket=none)) == (404, "404")
    assert refused(lambda: server.client.list_objects_v2(Bucket=none)) == (404, "NoSuchBucket")
    assert refused(lambda: server.client.put_object(Bucket=none, Key="a", Body=b"")) == (404, "NoSuchBucket")


def test_an_empty_bucket_can_be_deleted(server: Server) -> None:
    name = server.bucket + "-two"
    server.client.create_bucket(Bucket=name)
    server.client.delete_bucket(Bucket=name)
    assert refused(lambda: server.client.head_bucket(Bucket=name)) == (404, "404")


def test_an_object_comes_back_with_what_was_said_of_it(server: Server) -> None:
    server.put(
        "a/b.json",
        b"{}",
        ContentType="application/json",
        CacheControl="no-store",
        ContentDisposition='attachment; filename="b.json"',
        ContentEncoding="identity",
        Metadata={"k": "v", "other": "two words"},
    )
    for found in (
        server.client.head_object(Bucket=server.bucket, Key="a/b.json"),
        server.client.get_object(Bucket=server.bucket, Key="a/b.json"),
    ):
        assert found["ContentType"] == "application/json"
        assert found["CacheControl"] == "no-store"
        assert found["ContentDisposition"] == 'attachment; filename="b.json"'
        assert found["ContentEncoding"] == "identity"
        assert found["Metadata"] == {"k": "v", "other": "two words"}
        assert found["ETag"] == f'"{hashlib.md5(b"{}").hexdigest()}"'
        assert abs(found["LastModified"] - datetime.now(UTC)) < timedelta(minutes=5)
    assert server.get("a/b.json") == b"{}"


def test_a_second_put_replaces_body_and_facts(server: Server) -> None:
    server.put("a", b"first", ContentType="text/css", Metadata={"k": "v"})
    server.put("a", b"2")
    found = server.client.get_object(Bucket=server.bucket, Key="a")
    assert (found["Body"].read(), found["Metadata"]) == (b"2", {})
    assert not found["ContentType"].startswith("text/css")


def test_a_key_that_is_not_there_is_missing(server: Server) -> None:
    assert refused(lambda: server.get("zz")) == (404, "NoSuchKey")
    assert refused(lambda: server.client.head_object(Bucket=server.bucket, Key="zz")) == (404, "404")
    server.client.delete_object(Bucket=server.bucket, Key="zz")


def test_an_empty_object_and_a_folder_marker_are_objects(server: Server) -> None:
    server.put("dir/", b"")
    server.put("e.txt", b"")
    assert server.client.head_object(Bucket=server.bucket, Key="e.txt")["ContentLength"] == 0
    assert server.get("e.txt") == b""
    assert server.keys() == ["dir/", "e.txt"]


@pytest.mark.parametrize(
    "key",
    ["odd/a b+c=ü.csv", "日本/x", "a&b<c>.txt", "per%20cent %41", "Int'l (1)!*.csv", "q?x#y", "~[x]{y}|^`"],
)
def test_odd_keys_are_kept(server: Server, key: str) -> None:
    server.put(key, key.encode())
    assert server.get(key) == key.encode()
    assert server.keys() == [key]


def test_a_key_may_be_the_beginning_of_others(server: Server) -> None:
    server.put("p", b"1")
    server.put("p/q", b"2")
    assert (server.get("p"), server.get("p/q")) == (b"1", b"2")
    server.put("r/s", b"3")
    server.put("r", b"4")
    assert (server.get("r"), server.get("r/s")) == (b"4", b"3")
    assert server.keys() == ["p", "p/q", "r", "r/s"]
    server.client.delete_object(Bucket=server.bucket, Key="p")
    assert server.keys() == ["p/q", "r", "r/s"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=2-4", b"cde"),
        ("bytes=2-", b"cdefgh"),
        ("bytes=-3", b"fgh"),
        ("bytes=-99", b"abcdefgh"),
        ("bytes=6-99", b"gh"),
        ("bytes=0-0", b"a"),
    ],
)
def test_a_range_gives_that_part(server: Server, header: str, expected: bytes) -> None:
    server.put("letters", b"abcdefgh")
    found = server.client.get_object(Bucket=server.bucket, Key="letters", Range=header)
    assert found["Body"].read() == expected
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert found["ContentRange"].endswith("/8")


def test_a_range_behind_the_end_is_refused(server: Server) -> None:
    server.put("letters", b"abcdefgh")
    assert refused(lambda: server.get("letters", Range="bytes=8-")) == (416, "InvalidRange")


def test_conditions_on_reading(server: Server) -> None:
    etag = server.put("c", b"1")["ETag"]
    assert server.get("c", IfMatch=etag) == server.get("c", IfNoneMatch='"other"') == b"1"
    assert refused(lambda: server.get("c", IfMatch='"other"'))[0] == 412
    assert refused(lambda: server.get("c", IfNoneMatch=etag))[0] == 304
    hour = timedelta(hours=1)
    assert refused(lambda: server.get("c", IfModifiedSince=datetime.now(UTC) + hour))[0] == 304
    assert server.get("c", IfModifiedSince=datetime.now(UTC) - hour) == b"1"
    assert refused(lambda: server.get("c", IfUnmodifiedSince=datetime.now(UTC) - hour))[0] == 412


def test_only_the_first_writer_takes_a_lock(server: Server) -> None:
    server.put("lock", b"1", IfNoneMatch="*")
    assert refused(lambda: server.put("lock", b"2", IfNoneMatch="*")) == (412, "PreconditionFailed")
    assert server.get("lock") == b"1"


def test_a_write_may_ask_for_the_version_that_it_knows(server: Server) -> None:
    etag = server.put("state", b"1")["ETag"]
    server.put("state", b"2", IfMatch=etag)
    assert refused(lambda: server.put("state", b"3", IfMatch=etag)) == (412, "PreconditionFailed")
    assert server.get("state") == b"2"


def test_pages_of_a_listing_are_sorted_and_complete(server: Server) -> None:
    wanted = sorted(f"cap/{i % 3:02}/{i:03}.jsonl" for i in range(25))
    for key in wanted:
        server.put(key)
    paginator = server.client.get_paginator("list_objects_v2")
    pages = list(paginator.paginate(Bucket=server.bucket, PaginationConfig={"PageSize": 10}))
    assert [found["Key"] for page in pages for found in page["Contents"]] == wanted
    assert [page["KeyCount"] for page in pages] == [10, 10, 5]
    old = server.client.get_paginator("list_objects").paginate(
        Bucket=server.bucket, PaginationConfig={"PageSize": 10}
    )
    assert [found["Key"] for page in old for found in page["Contents"]] == wanted


def test_a_listing_tells_size_time_and_etag(server: Server) -> None:
    etag = server.put("four", b"1234")["ETag"]
    found = server.listed()["Contents"][0]
    assert (found["Key"], found["Size"], found["ETag"]) == ("four", 4, etag)
    assert abs(found["LastModified"] - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_prefix_may_end_within_a_name(server: Server) -> None:
    for key in ("a/00/1", "a/00/2", "a/01/1", "a/0", "b"):
        server.put(key)
    assert server.keys(Prefix="a/00/") == server.keys(Prefix="a/00") == ["a/00/1", "a/00/2"]
    assert server.keys(Prefix="a/0") == ["a/0", "a/00/1", "a/00/2", "a/01/1"]
    assert server.keys(Prefix="z") == []


def test_a_delimiter_rolls_keys_up(server: Server) -> None:
    for key in ("d/00/1", "d/00/2", "d/01/1", "d/file", "d/00", "other"):
        server.put(key)
    found = server.listed(Prefix="d/", Delimiter="/")
    assert [each["Prefix"] for each in found["CommonPrefixes"]] == ["d/00/", "d/01/"]
    assert [each["Key"] for each in found["Contents"]] == ["d/00", "d/file"]
    assert found["KeyCount"] == 4
    top = server.listed(Delimiter="/")
    assert "d/" in [each["Prefix"] for each in top["CommonPrefixes"]]
    assert [each["Key"] for each in top["Contents"]] == ["other"]


def test_pages_with_a_delimiter_repeat_nothing(server: Server) -> None:
    for i in range(4):
        for j in range(3):
            server.put(f"rolled/{i}/{j}")
    paginator = server.client.get_paginator("list_objects_v2")
    pages = paginator.paginate(
        Bucket=server.bucket, Prefix="rolled/", Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
    assert found == [f"rolled/{i}/" for i in range(4)]


def test_a_listing_starts_behind_a_key(server: Server) -> None:
    for key in ("a/1", "a/2", "a/3", "b/1"):
        server.put(key)
    assert server.keys(StartAfter="a/2") == ["a/3", "b/1"]
    assert server.keys(StartAfter="a/2x") == ["a/3", "b/1"]
    assert server.keys(StartAfter="a/2", Prefix="a/") == ["a/3"]


def test_many_are_deleted_at_once(server: Server) -> None:
    for i in range(5):
        server.put(f"k/{i}")
    objects = [{"Key": f"k/{i}"} for i in range(4)] + [{"Key": "not-there"}]
    answer = server.client.delete_objects(Bucket=server.bucket, Delete={"Objects": objects})
    assert len(answer["Deleted"]) == 5
    assert server.keys() == ["k/4"]


def test_a_copy_has_the_facts_of_its_source_unless_they_are_replaced(server: Server) -> None:
    server.put("from", b"{}", ContentType="application/json", Metadata={"k": "v"})
    source = {"Bucket": server.bucket, "Key": "from"}
    server.client.copy_object(Bucket=server.bucket, Key="to", CopySource=source)
    server.client.copy_object(
        Bucket=server.bucket,
        Key="other",
        CopySource=source,
        MetadataDirective="REPLACE",
        ContentType="text/plain",
        Metadata={"n": "1"},
    )
    found = [server.client.head_object(Bucket=server.bucket, Key=key) for key in ("to", "other")]
    assert [each["ContentType"] for each in found] == ["application/json", "text/plain"]
    assert [each["Metadata"] for each in found] == [{"k": "v"}, {"n": "1"}]
    assert server.get("to") == server.get("other") == b"{}"


def test_a_copy_of_nothing_is_refused(server: Server) -> None:
    source = {"Bucket": server.bucket, "Key": "nothing"}
    copy = partial(server.client.copy_object, Bucket=server.bucket, Key="to", CopySource=source)
    assert refused(copy)[0] == 404


def test_large_objects_go_up_and_come_down_in_parts(server: Server, tmp_path: Path) -> None:
    blob = os.urandom(1 << 20) * 12 + b"end"
    (tmp_path / "big").write_bytes(blob)
    server.client.upload_file(
        str(tmp_path / "big"), server.bucket, "big", ExtraArgs={"Metadata": {"k": "v"}}, Config=BY_PARTS
    )
    down = io.BytesIO()
    server.client.download_fileobj(server.bucket, "big", down, Config=BY_PARTS)
    assert down.getvalue() == blob
    head = server.client.head_object(Bucket=server.bucket, Key="big")
    assert head["ETag"].endswith('-3"')
    assert head["Metadata"] == {"k": "v"}
    server.client.copy({"Bucket": server.bucket, "Key": "big"}, server.bucket, "copy", Config=BY_PARTS)
    assert server.get("copy") == blob


def test_the_etag_of_an_object_in_parts_is_that_of_s3(server: Server) -> None:
    parts = [b"a" * PART, b"b"]
    upload = server.client.create_multipart_upload(Bucket=server.bucket, Key="parts")["UploadId"]
    whole = {"Bucket": server.bucket, "Key": "parts", "UploadId": upload}
    etags = [
        server.client.upload_part(**whole, PartNumber=number, Body=part)["ETag"]
        for number, part in enumerate(parts, 1)
    ]
    listed = server.client.list_parts(**whole)["Parts"]
    assert [(part["PartNumber"], part["ETag"], part["Size"]) for part in listed] == [
        (1, etags[0], PART),
        (2, etags[1], 1),
    ]
    given = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    done = server.client.complete_multipart_upload(**whole, MultipartUpload={"Parts": given})
    digest = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()
    assert done["ETag"] == f'"{digest}-2"'
    assert server.get("parts") == b"".join(parts)


def test_an_upload_shows_only_when_it_is_complete(server: Server) -> None:
    upload = server.client.create_multipart_upload(Bucket=server.bucket, Key="later")["UploadId"]
    whole = {"Bucket": server.bucket, "Key": "later", "UploadId": upload}
    server.client.upload_part(**whole, PartNumber=1, Body=b"1")
    listed = server.client.list_multipart_uploads(Bucket=server.bucket)["Uploads"]
    assert (upload, "later") in [(each["UploadId"], each["Key"]) for each in listed]
    assert server.keys() == []
    server.client.abort_multipart_upload(**whole)
    assert not server.client.list_multipart_uploads(Bucket=server.bucket).get("Uploads")
    assert refused(lambda: server.client.list_parts(**whole)) == (404, "NoSuchUpload")


def test_a_part_that_never_came_cannot_be_used(server: Server) -> None:
    upload = server.client.create_multipart_upload(Bucket=server.bucket, Key="x")["UploadId"]
    whole = {"Bucket": server.bucket, "Key": "x", "UploadId": upload}
    server.client.upload_part(**whole, PartNumber=1, Body=b"1")
    wrong = {"Parts": [{"PartNumber": 2, "ETag": '"0123456789abcdef0123456789abcdef"'}]}
    assert refused(lambda: server.client.complete_multipart_upload(**whole, MultipartUpload=wrong))[0] == 400
    server.client.abort_multipart_upload(**whole)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_read_and_write(server: Server, version: str) -> None:
    client = server.open_client(server.endpoint, server.key, server.secret, signature_version=version)
    target = {"Bucket": server.bucket, "Key": "signed/a b.json"}
    put = urllib.request.Request(
        client.generate_presigned_url("put_object", Params=target), data=b"{}", method="PUT"
    )
    put.add_header("Content-Type", "")
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(client.generate_presigned_url("get_object", Params=target)) as answer:
        assert answer.read() == b"{}"
    client.close()


def test_who_is_not_known_is_refused(server: Server) -> None:
    server.put("a/b.json")
    for key, secret, code in (
        (server.key, "wrong", "SignatureDoesNotMatch"),
        ("nobody", server.secret, "InvalidAccessKeyId"),
    ):
        client = server.open_client(server.endpoint, key, secret)
        assert refused(partial(client.list_objects_v2, Bucket=server.bucket)) == (403, code)
        assert refused(partial(client.put_object, Bucket=server.bucket, Key="n", Body=b"1")) == (403, code)
        client.close()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.endpoint}/{server.bucket}/a/b.json")
    assert caught.value.code == 403
    caught.value.close()
    assert server.keys() == ["a/b.json"]


def test_a_body_that_changed_on_the_way_is_refused(server: Server) -> None:
    wrong = {"ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}  # of nothing
    assert refused(lambda: server.put("a", b"something", **wrong)) == (400, "BadDigest")
    assert refused(lambda: server.put("a", b"something", ChecksumSHA256="A" * 43 + "="))[0] == 400
    assert server.keys() == []
