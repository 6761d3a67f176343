"""`/metrics` of a running server: open to its machine, and by token to who comes by a proxy."""

import json
from base64 import b64encode

import pytest

from live_server import KEY, SECRET, until
from raw_http import asked


def token_of(live, name="reader_token"):
    return json.loads((live.home / "keys.json").read_text())[name]


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "192.0.2.9"}, {"Via": "1.1 x"}, {"Host": "evil.example"}, {"Forwarded": "for=x"}],
)
def test_who_may_have_come_from_elsewhere_gives_a_token(live, headers):
    answer = asked(live.url, "GET", "/metrics", headers)
    assert (answer.status, b"leeboard_" in answer.body) == (401, False)
    assert "Bearer" in answer.headers["www-authenticate"]
    pair = b64encode(f"{KEY}:{SECRET}".encode()).decode()
    for given in (f"Bearer {token_of(live)}", f"Basic {pair}"):
        answer = asked(live.url, "GET", "/metrics", headers | {"Authorization": given})
        assert (answer.status, b"leeboard_" in answer.body) == (200, True)


def test_a_wrong_token_of_a_proxys_client_is_refused_and_stands_in_the_log(live, own):
    headers = {"X-Forwarded-For": "192.0.2.9", "Authorization": f"Bearer {token_of(live, 'capture_token')}"}
    assert asked(live.url, "GET", "/metrics", headers).status == 401
    lines = until(lambda: own.get("/leeboard/audit", subject="metrics")["lines"])
    assert {(line["visitor"], line["via"], line["outcome"]) for line in lines} == {
        ("(unknown)", "metrics", "refused")
    }
