"""A schedule whose windows end one an hour, receivers on real sockets, and a worker that delivers by hand."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, select

from leeboard.clock import now
from leeboard.formats.summary import FeatureColumns, SeenViolation, Summary
from leeboard.service import alerts, executions, summaries
from leeboard.service.alerting import editing, reading
from leeboard.service.alerting.incidents import Incident
from leeboard.service.queue import claim
from leeboard.service.resources import Resource
from leeboard.service.schedules.windows import Window
from leeboard.service.service import Service
from leeboard.service.work.kinds import KINDS
from leeboard.service.work.task import Task
from leeboard.state.alerting_tables import notices
from leeboard.state.database import Database

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD, BAD, FAILED = "Completed", "CompletedWithViolations", "Failed"
NO_DATA = "Job inputs had no data: nothing under s3://b/capture"


@dataclass(slots=True)
class Receiver:
    """A server that keeps what is posted to it; `answers` are the next statuses, then 200."""

    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(body) for _, body in self.posts]

    @property
    def events(self) -> list[str]:
        return [headers["X-Leeboard-Event"] for headers, _ in self.posts]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append((dict(self.headers), body))
            status = receiver.answers.pop(0) if receiver.answers else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new SQLite file; to copy it is quicker than to make one."""
    file = tmp_path_factory.mktemp("migrated") / "state.sqlite"
    Database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def database_url(migrated: Path, tmp_path: Path) -> str:
    """SQLite: what could differ on PostgreSQL is in test_databases.py, on both."""
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'state.sqlite')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database_url(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[str]:
    """Each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(migrated, tmp_path / 'state.sqlite')}"
        return
    with request.getfixturevalue("postgres").fresh_database() as url:
        yield url


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@dataclass(slots=True)
class House:
    """A service with one schedule; its clock goes on an hour with each window."""

    service: Service
    schedule: Resource
    n: int = 0

    @property
    def at(self) -> datetime:
        return START + self.n * HOUR

    def write(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.service.database.write() as connection:
            return function(connection, *arguments, **named)

    def read(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.service.database.read() as connection:
            return function(connection, *arguments, **named)

    def rule(self, **document: Any) -> None:
        self.write(editing.put_rule, {"name": "mine", "when": "violations"} | document, now=self.at)

    def sink(self, url: str, name: str = "hook", **settings: Any) -> None:
        document = {"name": name, "kind": "webhook", "settings": {"url": url} | settings}
        self.write(editing.put_sink, document, now=self.at)

    def route(self, **document: Any) -> None:
        self.write(editing.put_route, {"name": "all", "sinks": ["hook"]} | document, now=self.at)

    def ends(
        self,
        status: str,
        *,
        reason: str | None = None,
        n: int | None = None,
        violations: list[tuple[str, str]] | None = None,
        distances: dict[str, float] | None = None,
        schedule: Resource | None = None,
    ) -> int:
        """The next window ends; violations are pairs of a feature and a check."""
        with self.service.database.write() as connection:
            execution = self.begins(connection, schedule)
            if violations is not None or distances is not None:
                summaries.keep(connection, execution, summary(violations or [], distances or {}))
            count = n if n is not None else len(violations or []) if status in (GOOD, BAD) else None
            executions.end(connection, execution, status, now=self.at, reason=reason, n_violations=count)
        return execution.id

    def begins(
        self, connection: Connection, schedule: Resource | None = None, *, cause: str = "planned"
    ) -> executions.Execution:
        """The execution of the next window."""
        self.n += 1
        execution = executions.plan(
            connection, schedule or self.schedule, Window(self.at - HOUR, self.at, ()),
            scheduled_at=self.at, ready_at=self.at, cause=cause, now=self.at,
        )  # fmt: skip
        assert execution is not None
        return execution

    @property
    def in_force(self) -> list[Incident]:
        return self.read(reading.in_force)

    def mine(self) -> list[str]:
        """Titles in force of the rule under test."""
        return [each.title for each in self.in_force if each.rule == "mine"]

    def notices(self) -> list[Any]:
        return self.read(lambda connection: connection.execute(select(notices).order_by(notices.c.id)).all())

    def task(self, at: datetime | None = None) -> Task | None:
        """The next delivery that is due by then."""
        return self.task_of("notice", at)

    def task_of(self, kind: str, at: datetime | None = None) -> Task | None:
        """The next work of a kind that is due by then."""
        until = at or now() + 1000 * HOUR  # what failed waits by the real clock
        held = claim(self.service.database, "me", [kind], now=until, lease_s=20)
        return Task(self.service, None, held) if held else None

    def deliver(self, at: datetime | None = None) -> int:
        """All that is due; gives the number of attempts."""
        n = 0
        while task := self.task(at):
            KINDS.get("notice").perform(task)
            n += 1
            if at is None and n > 100:
                raise AssertionError("it does not end")
        return n


def summary(violations: list[tuple[str, str]], distances: dict[str, float]) -> Summary:
    seen = [
        SeenViolation(
            monitor="data_quality", check=check, subject=name, description=f"{name} is off", columns=[name]
        )
        for name, check in violations
    ]
    features = FeatureColumns(name=list(distances), distance=list(distances.values()))
    return Summary(violations=seen, n_violations=len(seen), features=features)


@pytest.fixture
def told(house: House, receiver: Receiver) -> House:
    """A house that tells everything to the receiver."""
    house.sink(receiver.url)
    house.route()
    return house


@pytest.fixture
def house(service: Service, add_schedule: Callable[..., Resource]) -> House:
    schedule = add_schedule()
    made = House(service, schedule)
    made.write(alerts.add_alert, schedule, now=START)
    return made
