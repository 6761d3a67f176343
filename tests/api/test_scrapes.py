"""`/metrics` on a server that asks who reads."""

import asyncio
from dataclasses import replace

import pytest

from leeboard.api.observing import Observed
from leeboard.api.routing import Server
from leeboard.capture.spool import Spool
from leeboard.clock import now
from leeboard.hosting.mapping import ModelMap
from leeboard.service.access.doorman import FREE
from leeboard.service.access.front import Front
from leeboard.service.access.scraping import Scrapes
from leeboard.service.keys import key_ring
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database

OTHERS = ("verifier", "wire", "gateway", "own", "objects", "events", "dashboard")


@pytest.fixture
def keys(tmp_path):
    return key_ring(tmp_path, {})


@pytest.fixture
def ask(tmp_path, keys):
    """Asks for `/metrics` from another machine; gives status, headers, body."""
    settings = Settings(home=tmp_path)
    database = Database(settings.state_url)
    service = Service(settings, database, Routes(database, ModelMap(())), Spool(tmp_path / "spool"))
    server = Server(
        **dict.fromkeys(OTHERS),
        capture_token=keys.capture_token,
        observed=Observed(),
        scrapes=Scrapes(service, keys, Front.of("0.0.0.0", None)),
    )

    def asked(*, peer="192.0.2.9", path="/metrics", method="GET", **headers):
        return asyncio.run(answer_of(server, method, path, peer, {"host": "board.lan:7070"} | headers))

    yield asked
    database.close()


async def answer_of(server, method, path, peer, headers):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "client": (peer, 1)}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await server(scope | {"headers": raw}, None, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics//"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_gives_no_token_is_told_how(ask, path, method):
    status, headers, body = ask(path=path, method=method)
    assert status == 401
    assert headers["www-authenticate"].startswith("Bearer ")
    assert b"leeboard tokens add" in body
    assert b"leeboard_requests" not in body


def test_who_gives_one_reads_the_numbers(ask, keys):
    status, headers, body = ask(authorization=f"Bearer {keys.reader_token}")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/plain")
    assert b"leeboard_requests" in body


def test_who_guesses_is_told_to_wait(ask, keys, monkeypatch):
    at = now()
    monkeypatch.setattr("leeboard.api.routing.now", lambda: at)  # else the wait of a second may be over
    told = [ask(authorization="Bearer guess") for _ in range(FREE + 1)]
    assert [status for status, *_ in told] == [401] * FREE + [429]
    assert told[-1][1]["retry-after"] == "1"
    assert ask(authorization=f"Bearer {keys.reader_token}")[0] == 429
    assert ask(peer="192.0.2.10", authorization=f"Bearer {keys.reader_token}")[0] == 200


def test_health_is_open_to_all(ask):
    assert ask(path="/healthz")[0] == 200


def test_a_server_without_an_address_of_its_client_asks(ask):
    assert ask(peer="")[0] == 401


def test_a_hostile_header_is_refused_as_the_clients_fault(ask):
    for given in ("Bearer \xff\xfe\x00", "Basic \xff", "Basic " + "A" * 9_000, "\x00", "Bearer " + "," * 999):
        assert ask(authorization=given)[0] in (401, 429)


def test_what_the_settings_leave_open_is_open(tmp_path, keys):
    settings = replace(Settings(home=tmp_path), metrics_access="open")
    scrapes = Scrapes(Service(settings, None, None, None), keys, Front.of("0.0.0.0", None))
    assert scrapes.is_open("192.0.2.9", {})
