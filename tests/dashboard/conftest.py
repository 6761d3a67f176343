"""The dashboard without a server: its application, asked as a browser would ask it."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from leeboard.capture.spool import Spool
from leeboard.clock import now
from leeboard.dashboard.app import dashboard
from leeboard.hosting.mapping import ModelMap
from leeboard.service.access import csrf, sessions
from leeboard.service.access.front import Front
from leeboard.service.access.visitors import ROLES, Origin, Visitor
from leeboard.service.keys import key_ring
from leeboard.service.routes import Routes
from leeboard.service.service import Service
from leeboard.service.settings import Settings
from leeboard.state.database import Database

HOST = "127.0.0.1:7070"
COOKIE = "leeboard-7070"
PEOPLE = {role: Origin("key", f"a {role}", role, f"the secret of a {role}") for role in ROLES}
NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """What a reader sees of it, without markup and with single blanks."""
        return " ".join(re.sub(r"<script.*?</script>|<[^>]*>", " ", self.text, flags=re.S).split())


@dataclass
class House:
    """A dashboard and its service; `cookie` is that of who asks, empty for a stranger."""

    app: Any
    service: Service
    cookie: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)

    def enter(self, role: str) -> "House":
        """The same house for a visitor of a role."""
        if role not in self._cookies:
            with self.service.database.write() as connection:
                self._cookies[role] = sessions.begin(connection, Visitor.by(PEOPLE[role]), now())
        return House(self.app, self.service, self._cookies[role], self._cookies)

    def get(self, path: str, **headers: str) -> Answered:
        """A page below the dashboard, with its query."""
        return self.ask("GET", f"/dashboard{path}", b"", headers)

    def post(self, path: str, /, *, is_meant: bool = True, **fields: Any) -> Answered:
        """A form that is sent, from our own page unless it is said otherwise."""
        given = fields | ({"csrf": csrf.token_of(self.cookie)} if is_meant else {})
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return self.ask("POST", f"/dashboard{path}", urlencode(given, doseq=True).encode(), headers)

    def ask(self, method: str, target: str, body: bytes, headers: dict[str, Any]) -> Answered:
        """One request of HTTP; a list of values is a header that comes several times."""
        path, _, query = target.partition("?")
        known: dict[str, Any] = {"host": HOST, "content-length": str(len(body))} | headers
        if self.cookie:
            known["cookie"] = f"{COOKIE}={self.cookie}; {headers.get('cookie', '')}"
        lists = {name: [given] if isinstance(given, str) else given for name, given in known.items()}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
            "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), each.encode()) for name, values in lists.items() for each in values],
            "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 7070),
        }  # fmt: skip
        return asyncio.run(_asked(self.app, scope, body))


async def _asked(app: Any, scope: dict[str, Any], body: bytes) -> Answered:
    answered = Answered(0, {}, b"")
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(requests, None)
        if message is None:
            await asyncio.sleep(3600)
        return message

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answered.body += message.get("body", b"")

    await app(scope, receive, send)
    return answered


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    settings = Settings(home=tmp_path)
    database = Database(settings.state_url)
    yield Service(settings, database, Routes(database, ModelMap(())), Spool(tmp_path / "spool"))
    database.close()


@pytest.fixture
def stranger(service: Service) -> House:
    keys = replace(
        key_ring(service.settings.home, {}),
        secrets={person.name: person.secret for person in PEOPLE.values()},
        readers=frozenset({PEOPLE["reader"].name}),
    )
    return House(dashboard(service, keys, Front.of("127.0.0.1", None)), service)


@pytest.fixture
def editor(stranger: House) -> House:
    return stranger.enter("editor")


@pytest.fixture
def reader(stranger: House) -> House:
    return stranger.enter("reader")
