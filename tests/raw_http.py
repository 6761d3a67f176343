"""Requests over a bare socket, well-formed or not, and signed ones by botocore."""

import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from live_server import KEY, REGION, SECRET

WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def sent(url: str, request: bytes, *, method: str = "GET", is_all: bool = True) -> Answer | None:
    """The answer to some bytes; None if the server hung up without any.

    Args:
        method: of the request, as answers to HEAD have no body.
        is_all: says that nothing more will come, so that the server does not wait for it.
    """
    place = urlsplit(url)
    assert place.hostname
    with socket.create_connection((place.hostname, place.port or 80), timeout=WAIT_S) as connection:
        with suppress(OSError):  # it may answer, or hang up, before it has read all
            connection.sendall(request)
            if is_all:
                connection.shutdown(socket.SHUT_WR)
        with HTTPResponse(connection, method=method) as response, suppress(HTTPException, ConnectionError):
            response.begin()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
    return None


def asked(
    url: str,
    method: str = "GET",
    target: str = "/",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Answer:
    """The answer to a request that is put together here, with no more than it needs."""
    told = {
        "Host": urlsplit(url).netloc,
        "Connection": "close",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    request = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
    answer = sent(url, request, method=method, is_all=False)
    assert answer is not None, "the server hung up"
    return answer


def signed(
    url: str,
    method: str,
    target: str,
    body: bytes = b"",
    *,
    service: str = "sagemaker",
    headers: Iterable[tuple[str, str]] = (),
    secret: str = SECRET,
) -> Any:
    """The headers of a signed request, the signature among them."""
    request = AWSRequest(method=method, url=url + target, data=body, headers=dict(headers))
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    kind(Credentials(KEY, secret), service, REGION).add_auth(request)
    return dict(request.headers.items())
