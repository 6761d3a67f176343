"""URLs that boto3 presigns."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from leeboard.api.auth import AuthError, Head, Verified, Verifier, service_of

KEYS = {"AKIDTEST": "secret/of+test"}
CONFIGS = {
    "version 2": Config(signature_version="s3"),
    "version 4": Config(signature_version="s3v4"),
}


def presigned(version: str, operation: str = "get_object", **params: str) -> str:
    client = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:7070",
        region_name="us-east-1",
        aws_access_key_id="AKIDTEST",
        aws_secret_access_key=KEYS["AKIDTEST"],
        config=CONFIGS[version],
    )
    url: str = client.generate_presigned_url(operation, {"Bucket": "data", **params}, ExpiresIn=60)
    client.close()
    return url


def head_of(url: str, *, method: str = "GET", **headers: str) -> Head:
    parts = urlsplit(url)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Head(method, parts.path, parts.query, {"host": parts.netloc, "accept": "*/*", **sent})


def verify(head: Head, *, after_s: float = 0) -> Verified:
    return Verifier(KEYS.get).verify_streamed(head, datetime.now(UTC) + timedelta(seconds=after_s))


@pytest.fixture(params=list(CONFIGS))
def version(request):
    return request.param


def test_both_kinds_are_told_apart_by_what_stands_in_them():
    assert "AWSAccessKeyId=" in presigned("version 2", Key="a")
    assert "X-Amz-Signature=" in presigned("version 4", Key="a")


@pytest.mark.parametrize("key", ["a.csv", "a b/ü+%~.csv", "x/../y", "a=b&c"])
def test_a_url_is_taken_and_names_its_key(version, key):
    head = head_of(presigned(version, Key=key))
    assert service_of(head.headers, head.query) == "s3"
    assert verify(head).identity.access_key == "AKIDTEST"
    assert not verify(head).is_body_signed


def test_parameters_of_the_answer_are_signed_too(version):
    url = presigned(version, Key="a", ResponseContentType="text/csv")
    assert verify(head_of(url)).identity.service == "s3"
    with pytest.raises(AuthError, match="does not match"):
        verify(head_of(url.replace("text%2Fcsv", "text%2Fhtml")))


def test_an_upload_by_url_binds_the_type_of_its_content(version):
    url = presigned(version, "put_object", Key="a", ContentType="text/csv")
    assert verify(head_of(url, method="PUT", content_type="text/csv")).identity.service == "s3"
    with pytest.raises(AuthError, match="does not match"):
        verify(head_of(url, method="PUT", content_type="text/html"))


def test_a_url_is_refused_for_another_key_or_method(version):
    url = presigned(version, Key="mine")
    for head in (head_of(url.replace("/mine", "/yours")), head_of(url, method="DELETE")):
        with pytest.raises(AuthError) as refused:
            verify(head)
        assert refused.value.code == "SignatureDoesNotMatch"


def test_a_fragment_adds_nothing_to_a_url(version):
    head = head_of(presigned(version, Key="mine"))
    with pytest.raises(AuthError):
        verify(Head("GET", f"{head.path}#more", head.query, head.headers))


def test_an_expired_url_is_refused(version):
    head = head_of(presigned(version, Key="a"))
    assert verify(head, after_s=50).identity.service == "s3"
    with pytest.raises(AuthError, match="expired") as refused:
        verify(head, after_s=70)
    assert (refused.value.code, refused.value.status) == ("AccessDenied", 403)


def test_a_longer_time_cannot_be_written_into_a_url(version):
    url = presigned(version, Key="a")
    longer = url.replace("X-Amz-Expires=60", "X-Amz-Expires=99999").replace("Expires=1", "Expires=9")
    assert longer != url
    with pytest.raises(AuthError, match="does not match"):
        verify(head_of(longer), after_s=70)


def test_a_header_of_amazon_cannot_be_added_to_a_url(version):
    with pytest.raises(AuthError):
        verify(head_of(presigned(version, Key="a"), x_amz_copy_source="/other/key"))
