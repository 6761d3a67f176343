"""Servers are killed while they deliver: no notice is lost, and only what was under way comes twice."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import pytest

from api_documents import by_name, definition, endpoint_input, monitored
from leeboard.client.calls import Client
from live_server import LiveServer, live_server, until

pytestmark = pytest.mark.slow
N_RUNS, N_KILLS = 40, 5
LEASE_S = "6"
"""Long enough that a busy machine renews it: who loses it while a post is under way posts twice."""
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Killing:
    """A receiver that kills the server now and then: before it answers, or after."""

    def __init__(self, seed: int) -> None:
        self._chance, self._lock = random.Random(seed), Lock()
        self.events: list[str] = []
        self.under_way: list[str] = []
        self.server: LiveServer | None = None
        self._next = 4

    def take(self, event: str, answer: Callable[[], None]) -> None:
        with self._lock:
            self.events.append(event)
            is_fatal = len(self.events) == self._next and len(self.under_way) < N_KILLS
            if is_fatal:
                self._next += self._chance.randint(3, 12)
                self.under_way.append(event)
                is_before = self._chance.random() < 0.5
                if is_before:
                    self.server.process.kill()
                    return
            answer()
            if is_fatal:
                self.server.process.kill()


@contextmanager
def receiving(killing: Killing) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            killing.take(document["event"], self._answer)

        def _answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def prepare(server: LiveServer, url: str) -> None:
    """A schedule whose runs find no data, and a sink that is told of each of them."""
    sagemaker = server.client("sagemaker")
    sagemaker.create_data_quality_job_definition(**definition("d", endpoint_input(monitored(sagemaker))))
    sagemaker.create_monitoring_schedule(MonitoringScheduleName="d", MonitoringScheduleConfig=by_name("d"))
    with Client.of(home=str(server.home)) as client:
        client.post("/leeboard/alerts/sinks", {"name": "hook", "kind": "webhook", "settings": {"url": url}})
        route = {"name": "all", "sinks": ["hook"], "on": ["opened", "ended"]}
        client.post("/leeboard/alerts/routes", route)
        for n in range(N_RUNS):
            at = (NOON + n * timedelta(hours=1)).isoformat()
            client.post("/leeboard/schedules/d/run", {"at": at})


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_event_arrives_and_only_those_under_way_at_a_kill_come_again(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    options = []
    if database == "postgresql":
        url = request.getfixturevalue("postgres").fresh_database()
        options = ["--database-url", url.__enter__()]
        request.addfinalizer(lambda: url.__exit__(None, None, None))
    killing = Killing(seed=7)
    wanted = {f"execution/{n + 1}/ended" for n in range(N_RUNS)} | {"incident/1/opened"}
    with receiving(killing) as address:
        with live_server(tmp_path / "home", *options, "--workers", "0") as server:
            prepare(server, address)
        while not wanted <= set(killing.events):
            with live_server(tmp_path / "home", *options, LEEBOARD_LEASE_S=LEASE_S) as server:
                killing.server = server
                until(lambda: server.process.poll() is not None or wanted <= set(killing.events))
        with live_server(tmp_path / "home", *options) as server, Client.of(home=str(server.home)) as client:
            waiting = {"sink": "hook", "state": "waiting"}
            until(lambda: not client.get("/leeboard/alerts/notices", **waiting)["notices"])
    assert len(killing.under_way) == N_KILLS
    twice = {event for event, n in Counter(killing.events).items() if n > 1}
    assert set(killing.events) == wanted
    assert twice <= set(killing.under_way)
    assert len(killing.events) <= len(wanted) + N_KILLS
