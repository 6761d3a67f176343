"""Keys as Amazon S3 keeps them, on a small server that mends none, as SeaweedFS would."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from leeboard.errors import EngineError, InputError, NotFoundError
from leeboard.storage import exists, list_objects, open_read, read_bytes, read_range, write_bytes
from leeboard.storage.s3.transfer import is_plain

KEYS = ["a//b", "a/./b", "a/../b", "a/", "/lead", "a/back\\slash", "a/tab\tbell\x07", "a/plain"]


class Handler(BaseHTTPRequestHandler):
    """Buckets `exact` (a dictionary), `elsewhere`, `closed` and `broken`."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, bytes]

    def do_GET(self) -> None:
        split = urlsplit("x:" + self.path)  # with a scheme, so that '//' at the front is no host
        bucket, _, key = unquote(split.path[1:]).partition("/")
        if bucket == "elsewhere":
            self.refuse(301, "PermanentRedirect")
        elif bucket == "closed":
            self.refuse(403, "AccessDenied")
        elif bucket == "broken":
            self.refuse(501, "NotImplemented")
        elif key:
            self.send_object(key)
        else:
            self.send_listing(**{name: values[0] for name, values in parse_qs(split.query).items()})

    def do_PUT(self) -> None:
        _, _, key = unquote(urlsplit("x:" + self.path).path[1:]).partition("/")
        self.kept[key] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b"", ETag='"0"')

    def send_object(self, key: str) -> None:
        if key not in self.kept:
            self.refuse(404, "NoSuchKey")
        elif wanted := self.headers.get("Range"):
            first, last = map(int, wanted.removeprefix("bytes=").split("-"))
            data = self.kept[key][first : last + 1]
            span = f"bytes {first}-{first + len(data) - 1}/{len(self.kept[key])}"
            self.answer(206 if data else 416, data, **{"Content-Range": span, "ETag": '"0"'})
        else:
            self.answer(
                200, self.kept[key], **{"ETag": '"0"', "Last-Modified": "Mon, 18 Apr 2022 00:20:48 GMT"}
            )

    def send_listing(self, prefix: str = "", **_: str) -> None:
        rows = "".join(
            f"<Contents><Key>{escape(quote(key))}</Key><Size>{len(data)}</Size>"
            "<LastModified>2022-04-18T00:20:48.000Z</LastModified></Contents>"
            for key, data in sorted(self.kept.items())
            if key.startswith(prefix)
        )
        body = f"<ListBucketResult><EncodingType>url</EncodingType>{rows}</ListBucketResult>"
        self.answer(200, body.encode())

    def refuse(self, status: int, code: str) -> None:
        self.answer(status, f"<Error><Code>{code}</Code><Message>said so</Message></Error>".encode())

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """What bucket `exact` holds, by key."""
    objects: dict[str, bytes] = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"kept": objects})) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "any")
        for name in ("AWS_PROFILE", "AWS_SKIP_SIGNATURE"):
            monkeypatch.delenv(name, raising=False)
        yield objects
        server.shutdown()


@pytest.mark.parametrize("key", KEYS)
def test_any_key_is_written_listed_and_read_by_its_exact_uri(kept: dict[str, bytes], key: str) -> None:
    uri = f"s3://exact/{key}"
    write_bytes(uri, b"abcdef")
    assert kept == {key: b"abcdef"}
    assert [found.uri for found in list_objects("s3://exact")] == [uri]
    assert read_bytes(uri) == b"abcdef"
    assert (read_range(uri, 1, 2), read_range(uri, 6, 2)) == (b"bc", b"")


def test_one_odd_key_does_not_hide_the_others(kept: dict[str, bytes]) -> None:
    """obstore gives up such a listing; SageMaker writes `//` where a destination ends with a slash."""
    kept.update({"capture//churn/1.jsonl": b"1", "capture/churn/2.jsonl": b"2"})
    found = [each.uri for each in list_objects("s3://exact/capture")]
    assert found == ["s3://exact/capture//churn/1.jsonl", "s3://exact/capture/churn/2.jsonl"]
    assert exists("s3://exact/capture//churn")


def test_a_missing_odd_key_is_named(kept: dict[str, bytes]) -> None:
    kept["a//there"] = b""
    with pytest.raises(
        NotFoundError, match=r"nothing is stored at s3://exact/a//thre .*did you mean 'there'\?"
    ):
        open_read("s3://exact/a//thre")


def test_a_bucket_of_another_region_is_an_input_error(kept: dict[str, bytes]) -> None:
    with pytest.raises(InputError, match=r"bucket 'elsewhere' is not in region .* set AWS_DEFAULT_REGION"):
        read_bytes("s3://elsewhere/a")


def test_a_closed_bucket_is_an_input_error(kept: dict[str, bytes]) -> None:
    for use in (read_bytes, exists):
        with pytest.raises(InputError, match="AccessDenied said so"):
            use("s3://closed/a")


def test_a_broken_server_is_an_engine_error(kept: dict[str, bytes]) -> None:
    with pytest.raises(EngineError, match="501 NotImplemented said so"):
        exists("s3://broken/a")


@pytest.mark.parametrize("key", ["a/b", "...", "a..b/.c", "grün/日本 %41"])
def test_ordinary_keys_take_the_fast_way(key: str) -> None:
    assert is_plain(key)
