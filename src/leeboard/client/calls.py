"""A signed client for leeboard's own calls, which are JSON under /leeboard/."""

import json
import os
from shlex import quote as quoted
from typing import Any, Self
from urllib.parse import quote, urlencode

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from leeboard.client.places import Place
from leeboard.errors import EngineError, InputError

CONNECT_S = 5
READ_S = 60
MAX_TOLD = 500  # letters of an answer that is not leeboard's


class Client:
    """Calls one server; use it as a context, or close it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
        self._pool = urllib3.PoolManager(
            retries=False, timeout=timeout, ca_certs=os.environ.get("AWS_CA_BUNDLE")
        )

    @classmethod
    def of(cls, server: str | None = None, home: str | None = None) -> Self:
        """For the server that the options or the environment name."""
        return cls(Place.find(server, home))

    def get(self, path: str, **query: Any) -> Any:
        """What is there; parameters that are None stay out."""
        return self._ask("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Any:
        """The answer to a JSON document."""
        return self._ask("POST", path, body={} if body is None else body)

    def delete(self, path: str, **query: Any) -> Any:
        """The answer to its removal."""
        return self._ask("DELETE", path, query=query)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        request = self._signed(method, path, query or {}, None if body is None else json.dumps(body).encode())
        try:
            answer = self._pool.request(
                method,
                str(request.url),
                body=request.data or None,
                headers=dict(request.headers.items()),
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise InputError(
                f"no server answers at {self.place.url} ({_reason(error)}). Start it with "
                f"`{_start(self.place)}`, or name another with --server or --home"
            ) from error
        return self._read(answer, f"{method} {path}")

    def _signed(self, method: str, path: str, query: dict[str, Any], data: bytes | None) -> AWSRequest:
        told = {name: _text(value) for name, value in sorted(query.items()) if value is not None}
        url = self.place.url + path + ("?" + urlencode(told, quote_via=quote) if told else "")
        headers = {"Content-Type": "application/json"} if data is not None else {}
        request = AWSRequest(method=method, url=url, data=data, headers=headers)
        keys = self.place.keys
        credentials = Credentials(keys.access_key_id, keys.secret_access_key)
        SigV4Auth(credentials, "sagemaker", self.place.region).add_auth(request)
        return request

    def _read(self, answer: urllib3.BaseHTTPResponse, asked: str) -> Any:
        try:
            content = json.loads(answer.data) if answer.data else {}
        except ValueError:
            raise EngineError(
                f"{self.place.url} does not answer like leeboard: {asked} gave HTTP {answer.status} and "
                f"{answer.data[:MAX_TOLD].decode(errors='replace')!r}"
            ) from None
        if answer.status < 400:
            return content
        told = content.get("message") if isinstance(content, dict) else None
        message = str(told or f"{asked} gave HTTP {answer.status}: {content}")
        if answer.status == 403:
            message += f" (signed with the keys of {self.place.keys.source})"
        raise (EngineError if answer.status >= 500 else InputError)(message)


def _text(value: Any) -> str:
    """As a query has it: JSON's spelling of true and false."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _start(place: Place) -> str:
    return f"leeboard serve --home {quoted(str(place.home))}" if place.home else "leeboard serve"


def _reason(error: Exception) -> str:
    """The last sentence of urllib3's, which names its objects first."""
    return str(error).rsplit(": ", 1)[-1]
