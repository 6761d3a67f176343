import os
from pathlib import Path

import pytest

from leeboard.errors import InputError, NotFoundError
from leeboard.storage import exists, join, list_objects, open_read, read_bytes, write_bytes
from leeboard.storage.s3.bucket import open_bucket
from s3_server import BUCKET, KEY, SECRET, S3Server, free_ports


def test_a_missing_bucket_is_named_with_the_endpoint(s3: S3Server) -> None:
    for use in (read_bytes, lambda uri: list(list_objects(uri)), exists, lambda uri: write_bytes(uri, b"1")):
        with pytest.raises(
            NotFoundError, match=f"no bucket 'no-such-bucket' at the S3 endpoint {s3.endpoint}"
        ):
            use("s3://no-such-bucket/a/b.csv")


def test_a_missing_object_in_an_empty_place_is_named(s3: S3Server) -> None:
    s3.client.create_bucket(Bucket="empty-bucket")
    with pytest.raises(
        NotFoundError, match=r"exists is s3://empty-bucket/, which holds nothing; 'a' is not there"
    ):
        read_bytes("s3://empty-bucket/a/b.csv")
    assert list(list_objects("s3://empty-bucket", missing_ok=True)) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_SECRET_ACCESS_KEY", "wrong", "SignatureDoesNotMatch"),
        ("AWS_ACCESS_KEY_ID", "wrong", "InvalidAccessKeyId"),
    ],
)
def test_a_wrong_key_pair_is_an_input_error(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    for use in (read_bytes, lambda uri: list(list_objects(uri)), lambda uri: write_bytes(uri, b"1")):
        with pytest.raises(
            InputError, match=f"refused access to .*a.csv with credentials from 'env': {said}"
        ):
            use(join(s3.bucket_uri, "a.csv"))


def test_requests_can_go_unsigned(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    for use in (read_bytes, lambda uri: list(list_objects(uri))):
        with pytest.raises(InputError, match="with no credentials: AccessDenied"):
            use(join(s3.bucket_uri, "a.csv"))


def test_an_endpoint_that_does_not_answer_is_an_input_error(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = f"http://127.0.0.1:{free_ports(1)[0]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    for use in (read_bytes, lambda uri: list(list_objects(uri))):
        with pytest.raises(InputError, match=f"no answer from the S3 endpoint {endpoint} for s3://bucket/a"):
            use("s3://bucket/a")


def test_no_credentials_at_all_are_an_input_error(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(InputError, match="no AWS credentials for S3"):
        read_bytes(join(s3.bucket_uri, "a.csv"))


def test_endpoint_and_credentials_may_come_from_a_profile(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(f"[profile lab]\nregion = eu-north-1\nendpoint_url = {s3.endpoint}\n")
    (tmp_path / "credentials").write_text(
        f"[lab]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    for name in s3.environment:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "lab")
    write_bytes(join(s3.bucket_uri, "profile/x"), b"1")
    assert read_bytes(join(s3.bucket_uri, "profile/x")) == b"1"
    assert exists(join(s3.bucket_uri, "profile"))
    assert open_bucket(BUCKET).connection.region == "eu-north-1"


def test_an_unknown_profile_is_an_input_error(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(InputError, match=r"cannot be used for S3: .*nobody"):
        read_bytes("s3://bucket/a")


def test_a_bucket_is_opened_once_for_the_same_settings(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = open_bucket(BUCKET)
    assert open_bucket(BUCKET) is bucket
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert open_bucket(BUCKET) is not bucket


def test_listings_go_over_many_pages(s3: S3Server) -> None:
    for number in range(1003):  # a page has 1000 at most
        s3.client.put_object(Bucket=BUCKET, Key=f"pages/{number:04}", Body=b"")
    found = [each.uri for each in list_objects("s3://leeboard-tests/pages/")]
    assert found == [f"s3://leeboard-tests/pages/{number:04}" for number in range(1003)]


def test_a_report_is_stored_as_a_page_that_browsers_show(s3: S3Server) -> None:
    write_bytes(join(s3.bucket_uri, "report.html"), b"<html>")
    head = s3.client.head_object(Bucket=BUCKET, Key="report.html")
    assert head["ContentType"] == "text/html"


def test_an_object_in_many_parts_is_whole(s3: S3Server) -> None:
    data = os.urandom(12 << 20)  # goes up in parts of five MiB
    write_bytes(join(s3.bucket_uri, "parts.bin"), data)
    with open_read(join(s3.bucket_uri, "parts.bin")) as stream:
        assert stream.read() == data


@pytest.mark.parametrize("uri", ["s3://", "s3:///key"])
def test_a_uri_without_a_bucket_is_refused(uri: str) -> None:
    with pytest.raises(InputError, match="has no bucket; S3 URIs are s3://bucket/key"):
        read_bytes(uri)


@pytest.mark.parametrize("uri", ["s3://bucket", "s3://bucket/"])
def test_a_bucket_is_not_an_object(s3: S3Server, uri: str) -> None:
    with pytest.raises(InputError, match="is a whole bucket; name an object in it"):
        read_bytes(uri)
