"""The signed client, against a real HTTP server that checks signatures as AWS does."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from leeboard.client.calls import Client
from leeboard.client.places import Keys, Place
from leeboard.errors import EngineError, InputError

SECRET = "the secret"


class Signature(SigV4Auth):
    """Signs what was signed before: the same headers at the same time."""

    def headers_to_sign(self, request: AWSRequest) -> Any:
        from botocore.compat import HTTPHeaders

        told = request.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
        headers = HTTPHeaders()
        for name in told:
            headers[name] = request.headers[name]
        return headers


class Answers(BaseHTTPRequestHandler):
    """Gives back what it was asked, or the answer that a path stands for."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answers = {
            "/leeboard/broken": (500, b'{"__type": "InternalFailure", "message": "the disk is full"}'),
            "/leeboard/missing": (404, b'{"__type": "ResourceNotFound", "message": "no schedule named x"}'),
            "/leeboard/other": (200, b"<html>a login page</html>"),
        }
        asked = {"method": self.command, "path": self.path, "body": body.decode()}
        status, content = answers.get(urlsplit(self.path).path, (200, json.dumps(asked).encode()))
        if not self._is_signed(body):
            status, content = 403, b'{"__type": "InvalidSignatureException", "message": "wrong signature"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _is_signed(self, body: bytes) -> bool:
        headers = {name: value for name, value in self.headers.items() if name != "X-Amz-Content-SHA256"}
        url = f"http://{self.headers['Host']}{self.path}"
        request = AWSRequest(method=self.command, url=url, data=body, headers=headers)
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = Signature(Credentials("AK", SECRET), "sagemaker", "us-east-1")
        text = signer.string_to_sign(request, signer.canonical_request(request))
        assert hashlib.sha256(body).hexdigest() in signer.canonical_request(request)
        return str(self.headers["Authorization"]).endswith(signer.signature(text, request))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test tells."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def client(url: str, secret: str = SECRET) -> Client:
    return Client(Place(url=url, keys=Keys("AK", secret, "the test")))


def test_a_question_arrives_signed_with_its_parameters(url: str) -> None:
    with client(url) as asking:
        asked = asking.get("/leeboard/logs", name="a b/ü", tail=10, follow=False, since=None)
    assert asked["path"] == "/leeboard/logs?follow=false&name=a%20b%2F%C3%BC&tail=10"


def test_a_document_arrives_signed_as_json(url: str) -> None:
    with client(url) as asking:
        asked = asking.post("/leeboard/models", {"image": "*/xgboost:*"})
    assert (asked["method"], json.loads(asked["body"])) == ("POST", {"image": "*/xgboost:*"})


def test_a_removal_arrives_signed(url: str) -> None:
    with client(url) as asking:
        asked = asking.delete("/leeboard/models", image="*")
    assert (asked["method"], asked["path"]) == ("DELETE", "/leeboard/models?image=%2A")


def test_a_refusal_is_an_input_error_with_the_servers_words(url: str) -> None:
    with client(url) as asking, pytest.raises(InputError, match=r"^no schedule named x$"):
        asking.get("/leeboard/missing")


def test_wrong_keys_are_told_with_their_source(url: str) -> None:
    with (
        client(url, "another") as asking,
        pytest.raises(InputError, match=r"wrong signature \(.*of the test\)"),
    ):
        asking.get("/leeboard/logs")


def test_a_fault_of_the_server_is_not_the_users(url: str) -> None:
    with client(url) as asking, pytest.raises(EngineError, match="the disk is full"):
        asking.get("/leeboard/broken")


def test_a_server_that_is_not_leeboard_is_told_as_such(url: str) -> None:
    with (
        client(url) as asking,
        pytest.raises(EngineError, match=r"does not answer like leeboard.*login page"),
    ):
        asking.get("/leeboard/other")


def test_no_server_says_how_to_start_one() -> None:
    with (
        client("http://127.0.0.1:9") as asking,
        pytest.raises(InputError, match=r"no server answers.*refused"),
    ):
        asking.get("/leeboard/logs")


@pytest.mark.parametrize(
    ("folder", "said"),
    [("data/leeboard", "`leeboard serve`"), ("of mine", "`leeboard serve --home '{}'`")],
)
def test_a_home_that_was_named_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    home = tmp_path / folder
    home.mkdir(parents=True)
    (home / "server.json").write_text('{"url": "http://127.0.0.1:9"}')
    (home / "keys.json").write_text('{"access_key_id": "a", "secret_access_key": "b"}')
    with Client.of(home=str(home)) as asking, pytest.raises(InputError) as refused:
        asking.get("/leeboard/logs")
    assert said.format(home) in str(refused.value)
