"""Alerts by leeboard's own calls: from rules to what arrives, on a server that works by itself."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import pytest

from api_documents import by_name, definition, endpoint_input, monitored, run_by_hand, unique
from leeboard.errors import InputError
from live_server import until


@contextmanager
def receiving() -> Iterator[tuple[str, list[Any]]]:
    posts: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", posts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def schedule(sm: Any) -> str:
    """A schedule whose runs fail for lack of data."""
    name = unique("Alert")
    sm.create_data_quality_job_definition(**definition(name, endpoint_input(monitored(sm))))
    return run_by_hand(sm, name, by_name(name))


def make_told(own: Any, schedule: str, url: str) -> None:
    sink = {"name": schedule, "kind": "webhook", "settings": {"url": url, "secret": "hush"}}
    own.post("/leeboard/alerts/sinks", sink)
    rule = {"name": schedule, "when": "no-data", "severity": "critical", "match": {"schedule": schedule}}
    own.post("/leeboard/alerts/rules", rule)
    route = {
        "name": schedule,
        "sinks": [schedule],
        "on": ["opened", "ended"],
        "match": {"schedule": schedule},
    }
    own.post("/leeboard/alerts/routes", route)


def test_a_run_without_data_is_told_and_stands_in_the_list_until_the_rule_goes(
    own: Any, schedule: str
) -> None:
    with receiving() as (url, posts):
        make_told(own, schedule, url)
        own.post(f"/leeboard/schedules/{schedule}/run")
        until(lambda: len(posts), lambda n: n == 3)
    assert sorted(post["event"].split("/")[0] for post in posts) == ["execution", "incident", "incident"]
    found = own.get("/leeboard/alerts", schedule=schedule)["alerts"]
    told = {(each["rule"], each["severity"], each["state"]) for each in found}
    assert told == {("schedule alert", "warning", "open"), (schedule, "critical", "open")}
    mine = next(each for each in found if each["rule"] == schedule)
    told = until(  # it is written down after it was delivered
        lambda: own.get(f"/leeboard/alerts/incidents/{mine['alert']}")["notices"],
        lambda notices: notices[0]["state"] != "waiting",
    )
    assert [(each["sink"], each["state"]) for each in told] == [(schedule, "delivered")]
    acknowledged = own.post(f"/leeboard/alerts/incidents/{mine['alert']}/acknowledge", {"who": "ana"})
    assert (acknowledged["state"], acknowledged["acknowledged_by"]) == ("acknowledged", "ana")
    own.delete(f"/leeboard/alerts/rules/{schedule}")
    rules = [each["rule"] for each in own.get("/leeboard/alerts", schedule=schedule)["alerts"]]
    assert rules == ["schedule alert"]


def test_secrets_are_in_no_answer(own: Any) -> None:
    name = unique("sink")
    sink = {"name": name, "kind": "webhook", "settings": {"url": "http://h/token", "secret": "hush"}}
    answers = [own.post("/leeboard/alerts/sinks", sink), own.get("/leeboard/alerts/sinks")]
    assert not [part for part in ("token", "hush") if part in json.dumps(answers)]
    own.delete(f"/leeboard/alerts/sinks/{name}")


def test_a_test_says_what_happened(own: Any) -> None:
    name = unique("sink")
    with receiving() as (url, posts):
        own.post("/leeboard/alerts/sinks", {"name": name, "kind": "webhook", "settings": {"url": url}})
        told = own.post("/leeboard/alerts/test", {"sink": name})
        assert told == {"sink": name, "is_delivered": True, "error": None}
    assert posts[0]["kind"] == "test"
    told = own.post("/leeboard/alerts/test", {"sink": name})
    assert (told["is_delivered"], "cannot be reached" in told["error"]) == (False, True)
    states = [each["state"] for each in own.get("/leeboard/alerts/notices", sink=name)["notices"]]
    assert states == ["given up", "delivered"]


def test_silences_come_and_go(own: Any) -> None:
    made = own.post("/leeboard/alerts/silences", {"match": {"schedule": "x*"}, "seconds": 60, "who": "ana"})
    assert (made["match"], made["who"]) == ({"schedule": "x*"}, "ana")
    assert made in own.get("/leeboard/alerts/silences")["silences"]
    own.delete(f"/leeboard/alerts/silences/{made['silence']}")
    assert made["silence"] not in [
        each["silence"] for each in own.get("/leeboard/alerts/silences")["silences"]
    ]


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("rules", {}, "name"),
        ("rules", {"name": "a", "when": "failed", "match": {"schedule": {"a": 1}}}, "match"),
        ("sinks", {"name": "a", "kind": "command", "settings": {"command": ["sh"]}}, "only the file"),
        ("sinks", {"name": "a", "kind": "webhook", "settings": {"url": "${HOME}"}}, "LEEBOARD_NOTIFY_"),
        ("routes", {"name": "a", "sinks": ["nowhere"]}, "no sink 'nowhere'"),
        ("silences", {"seconds": "1"}, "seconds is 1"),
        ("silences", {"until": "yesterday"}, "until"),
        ("silences", {"from": "9999-12-31T23:59:00Z"}, "no time is so much later"),
        ("silences", {"match": {"colour": "x"}}, "colour"),
        ("test", {"sink": 1}, "expected a text"),
        ("test", {"sink": "nowhere"}, "no sink 'nowhere'"),
        ("incidents/0/acknowledge", {}, "no alert 0"),
        ("incidents/x/acknowledge", {}, "number x"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(own: Any, path: str, body: Any, text: str) -> None:
    with pytest.raises(InputError, match=text):
        own.post(f"/leeboard/alerts/{path}", body)


@pytest.mark.parametrize("name", ["nothing", "a b", "é"])
def test_what_is_not_there_cannot_be_removed(own: Any, name: str) -> None:
    for kind in ("rules", "routes", "sinks"):
        with pytest.raises(InputError, match="there is no"):
            own.delete(f"/leeboard/alerts/{kind}/{quote(name, safe='')}")
