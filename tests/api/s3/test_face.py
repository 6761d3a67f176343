"""What our S3 server promises beyond what all S3 servers do."""

import hashlib
import socket
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from leeboard.api.s3 import exchange
from leeboard.api.s3.incoming import DIGESTS
from leeboard.storage.objects.folder import ObjectFolder

ESCAPES = [
    "../evil",
    "../../evil",
    "a/../../evil",
    "a/../b",
    "./x",
    "/absolute",
    "//x",
    "a//b",
    "..",
    ".",
    "a/.",
    ".leeboard/locks/x",
    ".leeboard~o=a",
    "a/.leeboard~p=..",
]


def code_of(do: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        do()
    return str(caught.value.response["Error"]["Code"])


def everything_below(folder: Path) -> set[Path]:
    """All but the server's own folder."""
    own = "objects0/.leeboard"
    return {path for path in folder.rglob("*") if not str(path.relative_to(folder)).startswith(f"{own}/")}


@pytest.mark.parametrize("key", ESCAPES)
def test_no_key_leads_out_of_its_bucket(live_face, client, bucket: str, key: str) -> None:
    before = everything_below(live_face.folder.root.parent)
    client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [found["Key"] for found in client.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    made = everything_below(live_face.folder.root.parent) - before
    assert made
    assert all(path.is_relative_to(live_face.folder.root / bucket) for path in made)
    client.delete_object(Bucket=bucket, Key=key)
    assert everything_below(live_face.folder.root.parent) == before


BAD_BUCKETS = ["..", "%2e%2e", ".leeboard", "a", "UPPER", "a..b", "127.0.0.1", "x" * 64, "-a-", "%00ab"]


@pytest.mark.parametrize("name", BAD_BUCKETS)
def test_no_name_of_a_bucket_leads_out_of_the_root(live_face, name: str) -> None:
    before = everything_below(live_face.folder.root.parent)
    for method, target in (("PUT", ""), ("GET", ""), ("PUT", "/a"), ("GET", "/a"), ("DELETE", "")):
        status, body = live_face.send(method, f"/{name}{target}")
        assert (status, b"InvalidBucketName" in body) == (400, True)
    assert everything_below(live_face.folder.root.parent) == before


def test_a_path_that_is_not_utf_8_is_refused(live_face, bucket: str) -> None:
    assert live_face.send("PUT", f"/{bucket}/%ff")[0] == 400
    assert live_face.send("PUT", f"/{bucket}/a%00b")[0] == 400
    assert live_face.send("GET", f"/{bucket}?prefix=%00")[0] == 400
    assert live_face.send("GET", f"/{bucket}?max-keys=-1")[0] == 400


def test_a_link_in_a_bucket_is_no_way_out(live_face, client, bucket: str, path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (path / "folder").symlink_to(tmp_path)
    (path / "file").symlink_to(tmp_path / "secret")
    assert code_of(lambda: client.get_object(Bucket=bucket, Key="folder/secret")) == "NoSuchKey"
    assert code_of(lambda: client.get_object(Bucket=bucket, Key="file")) == "NoSuchKey"
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="folder/secret", Body=b"mine")
    client.put_object(Bucket=bucket, Key="file", Body=b"mine")
    client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "folder/secret"}, {"Key": "file"}]})
    assert (tmp_path / "secret").read_text() == "secret"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["secret"]


def test_a_bucket_that_is_a_link_is_none(live_face, client, tmp_path: Path) -> None:
    (live_face.folder.root / "linked-bucket").symlink_to(tmp_path)
    assert code_of(lambda: client.list_objects_v2(Bucket="linked-bucket")) == "NoSuchBucket"
    assert code_of(lambda: client.put_object(Bucket="linked-bucket", Key="a", Body=b"")) == "NoSuchBucket"
    assert list(tmp_path.iterdir()) == []


def test_a_file_laid_into_the_folder_is_an_object(client, bucket: str, path: Path) -> None:
    (path / "by" / "hand").mkdir(parents=True)
    (path / "by" / "hand" / "x.csv").write_bytes(b"1,2\n")
    found = client.get_object(Bucket=bucket, Key="by/hand/x.csv")
    assert found["Body"].read() == b"1,2\n"
    assert found["ETag"].strip('"') == hashlib.md5(b"1,2\n").hexdigest()
    (path / "by" / "hand" / "x.csv").write_bytes(b"other")
    assert client.head_object(Bucket=bucket, Key="by/hand/x.csv")["ETag"] != found["ETag"]


def test_an_object_is_a_file_that_others_can_read(client, bucket: str, path: Path) -> None:
    client.put_object(Bucket=bucket, Key="2026/11/26/00/a.jsonl", Body=b"{}\n")
    assert (path / "2026/11/26/00/a.jsonl").read_bytes() == b"{}\n"


def test_the_default_bucket_is_made_when_it_is_first_asked_for(live_face, client) -> None:
    name = "sagemaker-us-east-1-000000000000"
    assert not live_face.folder.buckets.has(name)
    client.head_bucket(Bucket=name)
    client.put_object(Bucket=name, Key="a", Body=b"1")
    assert code_of(lambda: client.head_bucket(Bucket="sagemaker-us-east-1-111111111111")) == "404"


def test_a_full_bucket_is_not_deleted(client, bucket: str, path: Path) -> None:
    client.put_object(Bucket=bucket, Key="a/b", Body=b"1")
    assert code_of(lambda: client.delete_bucket(Bucket=bucket)) == "BucketNotEmpty"
    assert (path / "a/b").read_bytes() == b"1"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_signed_url_may_change_the_headers_of_the_answer(
    live_face, client, bucket: str, version: str
) -> None:
    signer = live_face.client(signature_version=version)
    client.put_object(Bucket=bucket, Key="a", Body=b"1")
    wanted = {"Bucket": bucket, "Key": "a", "ResponseContentType": "text/x-own"}
    with urllib.request.urlopen(signer.generate_presigned_url("get_object", Params=wanted)) as answer:
        assert answer.headers["content-type"] == "text/x-own"
    wanted["ResponseContentType"] = "text/plain\r\nx-evil: 1"
    assert code_of(lambda: client.get_object(**wanted)) == "InvalidArgument"
    signer.close()


def test_a_bucket_of_another_account_is_closed(client, bucket: str) -> None:
    client.list_objects_v2(Bucket=bucket, ExpectedBucketOwner="000000000000")
    for do in (client.list_objects_v2, client.delete_bucket):
        assert code_of(partial(do, Bucket=bucket, ExpectedBucketOwner="111111111111")) == "AccessDenied"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("get_bucket_acl", {}),
        ("get_bucket_policy", {}),
        ("get_bucket_cors", {}),
        ("list_object_versions", {}),
        ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
        ("get_object_attributes", {"Key": "a", "ObjectAttributes": ["ETag"]}),
        ("put_object", {"Key": "a", "Tagging": "a=b"}),
        ("put_object", {"Key": "a", "ACL": "public-read"}),
        ("put_object", {"Key": "a", "ServerSideEncryption": "aws:kms"}),
        ("get_object", {"Key": "a", "VersionId": "1"}),
    ],
)
def test_what_folders_cannot_do_is_refused_and_not_tried_again(
    live_face, bucket: str, operation: str, more: dict[str, Any]
) -> None:
    client = live_face.client()
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(Bucket=bucket, **more)
    client.close()
    said = caught.value.response
    assert (said["Error"]["Code"], said["ResponseMetadata"]["HTTPStatusCode"]) == ("NotImplemented", 400)


def test_a_bucket_without_tags_and_versions_says_so(client, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a", Body=b"1")
    assert "Status" not in client.get_bucket_versioning(Bucket=bucket)
    assert code_of(lambda: client.get_bucket_tagging(Bucket=bucket)) == "NoSuchTagSet"
    assert client.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == []


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_a_checksum_is_kept_and_told_when_it_is_asked_for(client, bucket: str, algorithm: str) -> None:
    body = bytes(range(256)) * 41
    digest = DIGESTS[algorithm.lower()]()
    digest.update(body)
    name, value = f"Checksum{algorithm}", b64encode(digest.digest()).decode()
    put = client.put_object(Bucket=bucket, Key="a", Body=body, **{name: value})
    assert put[name] == value
    head = client.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert head[name] == value
    assert name not in client.head_object(Bucket=bucket, Key="a")
    wrong = {name: b64encode(bytes(len(digest.digest()))).decode()}
    assert code_of(lambda: client.put_object(Bucket=bucket, Key="a", Body=body, **wrong)) == "BadDigest"


def test_a_key_or_a_name_that_is_too_long_is_refused(client, bucket: str, path: Path) -> None:
    for key in ("x" * 256, "a/" + "ü" * 128 + "/b", "a/" * 520):
        put = partial(client.put_object, Bucket=bucket, Key=key, Body=b"")
        assert code_of(put) == "KeyTooLongError"
    assert list(path.iterdir()) == []
    longest = "/".join(["y" * 255] * 4)
    client.put_object(Bucket=bucket, Key=longest, Body=b"1")
    assert client.get_object(Bucket=bucket, Key=longest)["Body"].read() == b"1"
    deep = "/" * 1000
    client.put_object(Bucket=bucket, Key=deep, Body=b"2")
    keys = [found["Key"] for found in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == [deep, longest]
    client.delete_object(Bucket=bucket, Key=deep)


def test_xml_with_entities_is_refused(live_face, bucket: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Delete><Object><Key>&a;</Key></Object></Delete>'
    status, body = live_face.send("POST", f"/{bucket}?delete", bomb)
    assert (status, b"MalformedXML" in body) == (400, True)


def test_a_body_of_xml_has_an_end(live_face, bucket: str) -> None:
    status, body = live_face.send("POST", f"/{bucket}?delete", b"<Delete>" + b" " * (5 << 20))
    assert (status, b"EntityTooLarge" in body) == (400, True)


def test_an_unread_body_is_never_taken_for_a_request(live_face, bucket: str) -> None:
    host, port = live_face.endpoint.removeprefix("http://").split(":")
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=120) as plug:
        plug.sendall(
            f"PUT /{bucket}/a HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(smuggled)}\r\n\r\n".encode()
        )
        first = plug.recv(65536)
        plug.sendall(smuggled)
        rest = b"".join(iter(lambda: plug.recv(65536), b""))
    assert first.startswith(b"HTTP/1.1 403")
    assert b"connection: close" in first.lower()
    assert b"HTTP/1.1" not in rest


def test_a_client_that_goes_away_leaves_nothing(live_face, client, bucket: str, path: Path) -> None:
    url = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "half"})
    host, port = live_face.endpoint.removeprefix("http://").split(":")
    target = url.removeprefix(live_face.endpoint)
    with socket.create_connection((host, int(port)), timeout=120) as plug:
        head = f"PUT {target} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {9 << 20}\r\n\r\n"
        plug.sendall(head.encode() + bytes(4 << 20))
        live_face.wait_until(lambda: any(live_face.folder.staging.iterdir()))
    live_face.wait_until(lambda: not any(live_face.folder.staging.iterdir()))
    assert list(path.iterdir()) == []


@pytest.mark.parametrize("query", ["?partNumber=1&uploadId=none", ""])
def test_a_large_body_that_is_refused_unlooked_at_leaves_nothing(live_face, bucket: str, query: str) -> None:
    headers = {"If-None-Match": '"not-a-star"'}
    status, _ = live_face.send("PUT", f"/{bucket}/k{query}", bytes(3 << 20), headers)
    assert status in (400, 404)
    live_face.wait_until(lambda: not any(live_face.folder.staging.iterdir()))


def test_bodies_in_pieces_with_their_checksum_behind_them_are_taken(live_face, client, bucket: str) -> None:
    status, _ = put_in_pieces(live_face, bucket, b"5\r\nhello\r\n6\r\n world\r\n0\r\n", "DUoRhQ==")
    assert status == 200
    assert client.get_object(Bucket=bucket, Key="pieces")["Body"].read() == b"hello world"
    status, body = put_in_pieces(live_face, bucket, b"5\r\nhello\r\n6\r\n wOrld\r\n0\r\n", "DUoRhQ==")
    assert (status, b"BadDigest" in body) == (400, True)
    status, body = put_in_pieces(live_face, bucket, b"5\r\nhello\r\n6\r\n wor", None)
    assert (status, b"IncompleteBody" in body) == (400, True)
    assert client.get_object(Bucket=bucket, Key="pieces")["Body"].read() == b"hello world"


def put_in_pieces(live_face: Any, bucket: str, body: bytes, crc32: str | None) -> tuple[int, bytes]:
    headers = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": "11",
    }
    trailer = f"x-amz-checksum-crc32:{crc32}\r\n\r\n".encode() if crc32 else b""
    return live_face.send("PUT", f"/{bucket}/pieces", body + trailer, headers)


def test_a_full_disk_refuses_writes_and_still_reads(run_live, tmp_path: Path) -> None:
    ObjectFolder(tmp_path).buckets.create("bucket")
    (tmp_path / "bucket" / "a").write_bytes(b"1")
    with run_live(ObjectFolder(tmp_path, reserve_bytes=1 << 60)) as face:
        client = face.client()
        for size in (1, 3 << 20):
            put = partial(client.put_object, Bucket="bucket", Key="b", Body=bytes(size))
            assert code_of(put) == "InsufficientStorage"
        assert client.get_object(Bucket="bucket", Key="a")["Body"].read() == b"1"
        client.close()


def test_uploads_outlive_the_server(run_live, tmp_path: Path) -> None:
    with run_live(ObjectFolder(tmp_path)) as face:
        client = face.client()
        client.create_bucket(Bucket="bucket")
        upload = client.create_multipart_upload(Bucket="bucket", Key="a", Metadata={"k": "v"})["UploadId"]
        whole = {"Bucket": "bucket", "Key": "a", "UploadId": upload}
        etag = client.upload_part(**whole, PartNumber=1, Body=b"part")["ETag"]
        client.close()
    with run_live(ObjectFolder(tmp_path)) as face:
        client = face.client()
        parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
        client.complete_multipart_upload(**whole, MultipartUpload=parts)
        found = client.get_object(Bucket="bucket", Key="a")
        assert (found["Body"].read(), found["Metadata"]) == (b"part", {"k": "v"})
        client.close()


def test_an_upload_belongs_to_its_key(client, bucket: str) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    for key, given in (("b", upload), ("a", "../" + upload), ("a", "0" * 32), ("a", "..")):
        listed = partial(client.list_parts, Bucket=bucket, Key=key, UploadId=given)
        assert code_of(listed) == "NoSuchUpload"


def test_parts_must_be_large_enough_and_in_order(client, bucket: str) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    whole = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    etags = [client.upload_part(**whole, PartNumber=n, Body=b"small")["ETag"] for n in (1, 2)]
    parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
    for given, code in ((parts, "EntityTooSmall"), (parts[::-1], "InvalidPartOrder"), ([], "MalformedXML")):
        done = partial(client.complete_multipart_upload, **whole, MultipartUpload={"Parts": given})
        assert code_of(done) == code
    assert code_of(lambda: client.upload_part(**whole, PartNumber=10_001, Body=b"")) == "InvalidArgument"


def test_a_checksum_of_the_whole_is_checked_when_the_parts_are_joined(client, bucket: str) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    whole = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    part = client.upload_part(**whole, PartNumber=1, Body=b"hello world")
    done = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}
    wrong = partial(client.complete_multipart_upload, **whole, **done, ChecksumCRC32="AAAAAA==")
    assert code_of(wrong) == "BadDigest"
    client.complete_multipart_upload(**whole, **done, ChecksumCRC32="DUoRhQ==", ChecksumType="FULL_OBJECT")
    head = client.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert head["ChecksumCRC32"] == "DUoRhQ=="


def test_a_slow_copy_keeps_its_client_waiting(client, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "PATIENCE_S", 0.0001)
    client.put_object(Bucket=bucket, Key="a", Body=bytes(20 << 20))
    copy = partial(client.copy_object, Bucket=bucket, Key="b")
    assert copy(CopySource={"Bucket": bucket, "Key": "a"})["CopyObjectResult"]["ETag"]
    assert client.head_object(Bucket=bucket, Key="b")["ContentLength"] == 20 << 20
    assert code_of(partial(copy, CopySource={"Bucket": bucket, "Key": "none"})) == "NoSuchKey"


def test_a_page_that_somebody_stored_has_no_rights_at_this_address(client, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a.html", Body=b"<script></script>", ContentType="text/html")
    headers = client.get_object(Bucket=bucket, Key="a.html")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-security-policy"].startswith("sandbox")
    assert headers["x-content-type-options"] == "nosniff"


def test_what_is_unknown_to_a_read_range_is_read_whole(live_face, client, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a", Body=b"abcdef")
    for given in ("bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=4-2"):
        assert live_face.send("GET", f"/{bucket}/a", headers={"range": given}) == (200, b"abcdef")
    assert live_face.send("GET", f"/{bucket}/a", headers={"range": "bytes=1-2", "if-range": '"x"'})[0] == 200
