"""Requests signed by botocore, and what must not pass for one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from leeboard.api.auth import AuthError, Head, Identity, Verifier, check_body_hash, service_of
from leeboard.service.refusals import RefusalError

KEYS = {"AKIDTEST": "secret/of+test"}
HOST = "127.0.0.1:7070"
JSON_HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListModels"}


def signed(
    body: bytes = b"{}",
    *,
    path: str = "/",
    method: str = "POST",
    service: str = "sagemaker",
    headers: Mapping[str, str] = JSON_HEADERS,
    key: str = "AKIDTEST",
    secret: str = KEYS["AKIDTEST"],
    signer: type = SigV4Auth,
) -> Head:
    request = AWSRequest(method, f"http://{HOST}{path}", headers=dict(headers), data=body)
    signer(Credentials(key, secret), service, "eu-west-1").add_auth(request)
    parts = urlsplit(request.url)
    sent = {name.lower(): value for name, value in request.headers.items()}
    return Head(method, parts.path, parts.query, {"host": HOST, "user-agent": "test", **sent})


def verify(head: Head, body: bytes = b"{}", *, now: datetime | None = None) -> Identity:
    return Verifier(KEYS.get).verify(head, body, now or datetime.now(UTC))


def with_headers(head: Head, **headers: str) -> Head:
    changed = {**head.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Head(head.method, head.path, head.query, changed)


def code_of(head: Head, body: bytes = b"{}", *, now: datetime | None = None) -> str:
    with pytest.raises(AuthError) as refused:
        verify(head, body, now=now)
    assert refused.value.status == 403
    return refused.value.code


def test_a_request_signed_by_botocore_is_of_its_key():
    assert verify(signed()) == Identity("AKIDTEST", "sagemaker", "eu-west-1")


def test_another_secret_is_refused():
    assert code_of(signed(secret="other")) == "InvalidSignatureException"
    assert code_of(signed(secret="other", service="sts")) == "SignatureDoesNotMatch"


def test_an_unknown_key_is_refused_by_the_name_that_its_service_has_for_it():
    assert code_of(signed(key="AKIDOTHER")) == "UnrecognizedClientException"
    assert code_of(signed(key="AKIDOTHER", service="monitoring")) == "InvalidClientTokenId"
    assert (
        code_of(signed(b"", key="AKIDOTHER", service="s3", signer=S3SigV4Auth), b"") == "InvalidAccessKeyId"
    )


def test_a_request_without_signature_is_refused():
    assert code_of(Head("POST", "/", "", {"host": HOST})) == "MissingAuthenticationToken"


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic YTpi",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=AKIDTEST/20260101/r/s3, SignedHeaders=host, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=AKIDTEST/20260101/r/s3/aws4_request, SignedHeaders=host, Signature=0",
    ],
)
def test_an_authorization_that_cannot_be_read_is_refused(authorization):
    head = Head("POST", "/", "", {"host": HOST, "authorization": authorization})
    assert code_of(head) in ("IncompleteSignatureException", "AuthorizationHeaderMalformed")


def test_a_changed_body_is_refused():
    assert code_of(signed(b'{"a": 1}'), b'{"a": 2}') == "InvalidSignatureException"


def test_a_body_that_is_not_the_declared_one_is_told_apart_from_a_wrong_secret():
    headers = {**JSON_HEADERS, "x-amz-content-sha256": sha256(b"{}").hexdigest()}
    assert verify(signed(headers=headers)).access_key == "AKIDTEST"
    with pytest.raises(AuthError, match="the body is not the one that was signed"):
        verify(signed(headers=headers), b"other")


def test_a_changed_path_method_query_or_target_is_refused():
    head = signed()
    for changed in (
        Head("PUT", head.path, head.query, head.headers),
        Head("POST", "/other", head.query, head.headers),
        Head("POST", head.path, "a=b", head.headers),
        with_headers(head, x_amz_target="SageMaker.DeleteModel"),
        with_headers(head, host="elsewhere:7070"),
    ):
        assert code_of(changed) == "InvalidSignatureException"


def test_an_added_header_of_amazon_is_refused_since_it_was_not_signed():
    assert code_of(with_headers(signed(), x_amz_acl="public")) == "InvalidSignatureException"
    assert verify(with_headers(signed(), x_amzn_trace_id="Root=1")).access_key == "AKIDTEST"


def test_a_signed_header_that_is_gone_is_refused():
    head = signed()
    headers = {n: v for n, v in head.headers.items() if n != "content-type"}
    assert code_of(Head("POST", "/", "", headers)) == "InvalidSignatureException"


@pytest.mark.parametrize(("minutes", "is_taken"), [(14, True), (16, False), (-14, True), (-16, False)])
def test_a_date_may_be_fifteen_minutes_off(minutes, is_taken):
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    if is_taken:
        assert verify(signed(), now=now).access_key == "AKIDTEST"
    else:
        assert code_of(signed(), now=now) == "RequestExpired"


def test_a_date_of_another_day_than_the_key_is_refused():
    assert code_of(with_headers(signed(), x_amz_date="20200101T000000Z")) == "IncompleteSignatureException"


def test_only_s3_may_leave_its_body_unsigned():
    headers = {**JSON_HEADERS, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    with pytest.raises(AuthError, match="only S3 may leave its body unsigned"):
        verify(signed(headers=headers))
    with pytest.raises(AuthError, match="only S3"):
        Verifier(KEYS.get).verify_streamed(signed(), datetime.now(UTC))


def test_an_object_is_verified_before_its_body_is_read():
    head = signed(
        b"abc", method="PUT", path="/bucket/a//b%20c/../d", service="s3", headers={}, signer=S3SigV4Auth
    )
    verified = Verifier(KEYS.get).verify_streamed(head, datetime.now(UTC))
    assert verified.identity == Identity("AKIDTEST", "s3", "eu-west-1")
    assert verified.is_body_signed
    assert verified.body_hash == sha256(b"abc").hexdigest()
    with pytest.raises(RefusalError, match="does not match"):
        check_body_hash(verified.body_hash, sha256(b"abd").hexdigest())


def test_a_whole_object_is_compared_with_its_hash():
    head = signed(b"abc", method="PUT", path="/b/k", service="s3", headers={}, signer=S3SigV4Auth)
    assert verify(head, b"abc").service == "s3"
    with pytest.raises(RefusalError, match="does not match"):
        verify(head, b"abd")


def test_a_presigned_request_to_another_service_is_of_its_key():
    """As clusters log in by a URL of STS."""
    head = signed(
        b"",
        method="GET",
        path="/?Action=GetCallerIdentity&Version=2011-06-15",
        service="sts",
        headers={},
        signer=SigV4QueryAuth,
    )
    assert verify(head, b"") == Identity("AKIDTEST", "sts", "eu-west-1")
    assert service_of(head.headers, head.query) == "sts"
    twice = Head("GET", head.path, head.query + "&X-Amz-Expires=99", head.headers)
    with pytest.raises(AuthError, match="X-Amz-Expires stands twice in the URL"):
        verify(twice, b"")


def test_the_service_is_read_without_verifying():
    assert service_of(signed(service="monitoring").headers, "") == "monitoring"
    assert service_of({}, "AWSAccessKeyId=a&Signature=b&Expires=1") == "s3"
    assert service_of({}, "prefix=X-Amz-Signature") is None
    assert service_of({"authorization": "Bearer x"}, "") is None


def test_an_open_server_believes_what_a_request_says_of_itself():
    verifier = Verifier(KEYS.get, is_open=True)
    head = signed(key="anyone", secret="other")
    assert verifier.verify(head, b"changed", datetime(2001, 1, 1, tzinfo=UTC)).access_key == "anyone"
    assert verifier.verify(Head("GET", "/", "", {}), b"", datetime.now(UTC)) == Identity("", "", "")


def test_a_key_that_is_added_counts_at_once():
    keys: dict[str, str] = {}
    verifier = Verifier(keys.get)
    with pytest.raises(AuthError):
        verifier.verify(signed(), b"{}", datetime.now(UTC))
    keys.update(KEYS)
    assert verifier.verify(signed(), b"{}", datetime.now(UTC)).access_key == "AKIDTEST"


segments = st.lists(
    st.sampled_from(["a", "B-1", "x.y", "%20", "%C3%A9", ".", "..", "", "~", "a:b"]), max_size=5
)
pairs = st.lists(
    st.tuples(st.sampled_from(["a", "b", "Z", "list-type"]), st.sampled_from(["", "1", "%2F", "a"]))
)


@given(
    segments,
    pairs,
    st.binary(max_size=20),
    st.sampled_from(["sagemaker", "s3"]),
    st.text("ab  c", max_size=9),
)
def test_whatever_botocore_signs_is_verified(parts, query, body, service, header):
    path = "/" + "/".join(parts) + ("?" + "&".join(f"{n}={v}" for n, v in query) if query else "")
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    head = signed(body, path=path, service=service, headers={"X-Amz-Meta-A": header}, signer=signer)
    assert verify(head, body).service == service


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_in_place_of_a_signature_does_more_than_being_refused(authorization, query):
    with pytest.raises(AuthError):
        verify(Head("GET", "/", query, {"host": HOST, "authorization": f"AWS4-HMAC-SHA256 {authorization}"}))
    with pytest.raises(AuthError):
        verify(Head("GET", "/", f"X-Amz-Signature={query}", {"host": HOST}))
