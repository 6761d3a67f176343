"""The one port: what is open, what needs a signature, and requests that no client would send."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from live_server import KEY, LiveServer, live_server
from raw_http import asked, sent, signed

TARGET = ("X-Amz-Target", "SageMaker.ListModels")
JSON = ("Content-Type", "application/x-amz-json-1.1")
EVENT = {
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "x",
    "ce-type": "org.kubeflow.serving.inference.request",
}


def token(live: LiveServer) -> str:
    return json.loads((live.home / "keys.json").read_text())["capture_token"]


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/metrics/", "/"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_some_pages_are_open_to_anybody(live, method, path):
    answer = asked(live.url, method, path)
    assert answer.status == 200
    assert bool(answer.body) == (method == "GET")


def test_the_metrics_are_prometheus_text(live, sm):
    sm.list_models()
    answer = asked(live.url, target="/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"# TYPE" in answer.body


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/", [TARGET, JSON]),
        ("POST", "/endpoints/some/invocations", []),
        ("GET", "/leeboard/schedules", []),
        ("POST", "/leeboard/models", []),
        ("DELETE", "/leeboard/models", []),
        ("POST", "/cloudevents/some", []),
        ("PUT", "/bucket", []),
        ("GET", "/anything", []),
        ("POST", "/healthz", []),
    ],
)
def test_all_else_needs_a_signature(live, method, path, headers):
    answer = asked(live.url, method, path, dict(headers))
    assert answer.status == 403, answer.body
    assert b"alid" in answer.body or b"oken" in answer.body


@pytest.mark.parametrize(
    ("service", "method", "path", "headers"),
    [
        ("sagemaker", "POST", "/", [TARGET, JSON]),
        ("sagemaker", "POST", "/endpoints/some/invocations", []),
        ("sagemaker", "GET", "/leeboard/schedules", []),
        ("s3", "GET", "/", []),
        ("s3", "PUT", "/bucket/key", []),
        ("sts", "POST", "/", [("Content-Type", "application/x-www-form-urlencoded")]),
        ("monitoring", "POST", "/", [JSON, ("X-Amz-Target", "GraniteServiceVersion20100801.ListMetrics")]),
    ],
)
def test_a_wrong_secret_is_turned_away_on_every_face(live, service, method, path, headers):
    told = signed(live.url, method, path, b"", service=service, headers=headers, secret="guessed")
    answer = asked(live.url, method, path, told)
    assert answer.status == 403, answer.body
    assert b"SignatureDoesNotMatch" in answer.body or b"InvalidSignatureException" in answer.body


def test_an_unknown_key_is_turned_away(live):
    told = signed(live.url, "POST", "/", b"{}", headers=[TARGET, JSON])
    told["Authorization"] = told["Authorization"].replace(KEY, "LBAKNOBODYKNOWSTHIS0")
    answer = asked(live.url, "POST", "/", told, b"{}")
    assert answer.status in (400, 403)
    assert json.loads(answer.body)["__type"] == "UnrecognizedClientException"


def test_what_was_signed_is_what_counts(live):
    told = signed(live.url, "POST", "/", b"{}", headers=[TARGET, JSON])
    assert asked(live.url, "POST", "/", told, b"{}").status == 200
    assert asked(live.url, "POST", "/", told, b'{"MaxResults": 1}').status == 403
    assert asked(live.url, "POST", "/?a=b", told, b"{}").status == 403
    assert (
        asked(live.url, "POST", "/", told | {"X-Amz-Target": "SageMaker.ListEndpoints"}, b"{}").status == 403
    )


def test_a_signature_for_one_service_does_not_open_another(live):
    told = signed(live.url, "POST", "/", b"{}", service="logs", headers=[TARGET, JSON])
    answer = asked(live.url, "POST", "/", told, b"{}")
    assert answer.status == 403
    assert b"scoped to correct service" in answer.body


@pytest.mark.parametrize("given", ["Bearer wrong", "Basic eA==", "Bearer", "bearer ", ""])
def test_payload_logs_need_the_token(live, given):
    answer = asked(live.url, "POST", "/cloudevents/some", EVENT | {"Authorization": given}, b"{}")
    assert answer.status == 403
    assert b"capture token" in answer.body


def test_payload_logs_with_the_token_are_taken_to_the_sink(live):
    for path, more in (
        ("/cloudevents/nobody", {"Authorization": f"Bearer {token(live)}"}),
        (f"/cloudevents/nobody?token={quote(token(live))}", {}),
    ):
        answer = asked(live.url, "POST", path, EVENT | more | {"Content-Type": "application/json"}, b"{}")
        assert answer.status not in (403, 500), answer.body


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([JSON], b""),
        ([JSON], b"{}"),
        ([TARGET, JSON], b""),
        ([TARGET, JSON], b"["),
        ([TARGET, JSON], b"null"),
        ([TARGET, JSON], b"\xff\xfe"),
        ([TARGET, JSON], b'{"MaxResults": 1e999}'),
        ([TARGET, JSON], b'{"MaxResults": ' + b"9" * 5000 + b"}"),
        ([TARGET, JSON], b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
        ([("X-Amz-Target", "SageMaker"), JSON], b"{}"),
        ([("X-Amz-Target", "SageMaker.Nothing"), JSON], b"{}"),
        ([("X-Amz-Target", "Nobody.ListModels"), JSON], b"{}"),
        ([("X-Amz-Target", "SageMaker." + "x" * 5000), JSON], b"{}"),
        ([("Content-Type", "application/x-www-form-urlencoded")], b"Action=&Version="),
        ([("Content-Type", "application/x-www-form-urlencoded")], b"%%%=&&&==\x00"),
        ([TARGET, JSON, ("Content-Encoding", "gzip")], b"no gzip"),
    ],
)
def test_signed_nonsense_is_refused_as_the_clients_fault(live, headers, body):
    told = signed(live.url, "POST", "/", body, headers=headers)
    answer = asked(live.url, "POST", "/", told, body)
    assert 400 <= answer.status < 500 or (answer.status == 200 and body == b""), answer.body


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nfewer",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * (1 << 20) + b"\r\n\r\n",
        b"GET /" + b"y" * (1 << 20) + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: \xff\xfe\x00\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n",
        b"GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
    ],
    ids=lambda request: repr(request[:40]),
)
def test_what_is_hardly_http_does_no_harm(live, request_):
    answer = sent(live.url, request_)
    assert answer is None or answer.status < 500
    assert asked(live.url, target="/healthz").status == 200


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "a%00b", "%ff", "%", "a%2Fb", "x" * 4000, "%F0%9F"]
)
@pytest.mark.parametrize(
    "path", ["/endpoints/{}/invocations", "/leeboard/logs/{}", "/leeboard/executions/{}"]
)
def test_names_that_try_to_escape_are_names_of_nothing(live, path, name):
    target = path.format(name)
    method = "POST" if path.startswith("/endpoints") else "GET"
    headers = signed(live.url, method, target)
    answer = asked(live.url, method, target, headers)
    assert answer.status in (400, 403, 404), answer.body


def test_a_body_that_is_too_large_is_not_read_to_its_end(live):
    headers = dict([TARGET, JSON]) | {"Content-Length": str(10 << 30)}
    answer = asked(live.url, "POST", "/", headers, b"x" * 1000)
    assert answer.status == 413
    assert json.loads(answer.body)["__type"] == "RequestEntityTooLarge"


def test_a_client_that_goes_away_takes_nothing_with_it(live):
    assert (
        sent(live.url, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome") is None or True
    )
    assert asked(live.url, target="/healthz").status == 200


@pytest.fixture(scope="module")
def storeless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose objects are in another S3, which is not even there."""
    home = tmp_path_factory.mktemp("storeless") / "home"
    keys = {"AWS_ACCESS_KEY_ID": "OTHERKEYOFTHESTORE00", "AWS_SECRET_ACCESS_KEY": "of-the-store"}
    with live_server(home, "--s3-url", "http://127.0.0.1:1", **keys) as running:
        yield running


def test_a_server_with_a_foreign_store_serves_no_objects_and_says_where_they_are(storeless, refused):
    s3 = storeless.client("s3")
    for ask in (s3.list_buckets, lambda: s3.put_object(Bucket="some-bucket", Key="k", Body=b"x" * 100_000)):
        with refused("NotImplemented", "AWS_ENDPOINT_URL_S3", "leeboard env", status=501):
            ask()
    assert storeless.client("sagemaker").list_models()["Models"] == []


def test_the_stores_own_key_pair_opens_the_server_too(storeless):
    sm = storeless.client("sagemaker", key="OTHERKEYOFTHESTORE00", secret="of-the-store")
    assert sm.list_models()["Models"] == []
