"""Requests to servers that mean no good."""

from typing import Any

import pytest

from leeboard.alerts import DeliveryError, Posting
from leeboard.alerts.posting import post
from s3_server import free_ports


def test_what_is_taken_says_nothing(receiver: Any) -> None:
    post(Posting(receiver.url, {"X-A": "1"}, b"{}"))
    headers, body = receiver.posts[0]
    assert (headers["X-A"], headers["User-Agent"], body) == ("1", "leeboard", b"{}")


@pytest.mark.parametrize(
    ("status", "text"),
    [(500, "500 Internal Server Error"), (404, "404 Not Found"), (307, "sends on to elsewhere"), (299, None)],
)
def test_a_status_that_is_not_2xx_is_a_failure_that_names_the_server_alone(
    receiver: Any, status: int, text: str | None
) -> None:
    receiver.status = status
    if text is None:
        post(Posting(receiver.url, {}, b"{}"))
        return
    with pytest.raises(DeliveryError) as caught:
        post(Posting(receiver.url, {}, b"{}"))
    assert text in str(caught.value)
    assert "token" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(receiver.posts) == 1


@pytest.mark.parametrize("port", ["silent_port", "dripping_port"])
def test_a_server_that_does_not_come_to_an_end_is_left(port: str, request: pytest.FixtureRequest) -> None:
    url = f"http://127.0.0.1:{request.getfixturevalue(port)}/"
    with pytest.raises(DeliveryError, match=r"did not answer within 0\.5 s"):
        post(Posting(url, {}, b"{}"), total_s=0.5)


def test_a_server_that_is_not_there_says_so() -> None:
    (port,) = free_ports(1)
    with pytest.raises(
        DeliveryError, match=f"http://127.0.0.1:{port}: it cannot be reached: Connection refused"
    ):
        post(Posting(f"http://user:word@127.0.0.1:{port}/token", {}, b"{}"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x/y",
        "file:///etc/passwd",
        "http://",
        "http://x:99999",
        "http://[::1",
        "/path",
        "http://a b",
    ],
)
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(DeliveryError):
        post(Posting(url, {}, b"{}"), total_s=5)


@pytest.mark.parametrize("headers", [{"X-A": "1\r\nX-B: 2"}, {"X A\n": "1"}, {"X-A": "€"}])
def test_headers_that_would_break_out_are_not_sent(receiver: Any, headers: dict[str, str]) -> None:
    with pytest.raises(DeliveryError, match="cannot be"):
        post(Posting(receiver.url, headers, b"{}"))
    assert receiver.posts == []
