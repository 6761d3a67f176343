"""Two servers on one state: on SQLite with one home folder, on PostgreSQL with two and a common S3."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from s3_server import KEY, SECRET, free_ports

sys.path.append(str(Path(__file__).parent))

from monitored import Hour, last_hours, make_endpoint, make_schedules
from servers import Server, ended, left_behind, pinging

from leeboard.state.database import Database
from leeboard.state.tables import work


@dataclass(slots=True)
class Cluster:
    """Servers, and what tests need to look at their work."""

    servers: list[Server]
    database: Database
    sagemaker: Any
    s3: Any

    def prepare(self, *, n_hours: int, n_schedules: int, n_merging: int = 0) -> tuple[list[Hour], list[str]]:
        """An endpoint with data, and schedules that are not due before the next hour; some merge labels."""
        hours = last_hours(n_hours, datetime.now(UTC))
        make_endpoint(self.sagemaker, self.s3, hours)
        return hours, make_schedules(self.sagemaker, n_schedules, n_merging)

    def pause_in_the_midst_of_work(self) -> None:
        """The first, between two transactions: on SQLite one that sleeps in its own keeps all others out."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            self.servers[0].pause()
            with suppress(OperationalError), self.database.write() as connection:
                if not self.database.is_sqlite:
                    connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
                connection.execute(update(work).values(kind=work.c.kind))
                held = select(work.c.id).where(work.c.state == "Running", work.c.kind == "execution")
                if connection.execute(held).first() is not None:
                    return
            self.servers[0].resume()
            time.sleep(0.02)
        raise AssertionError("it held no work whenever it was paused")

    def end(self) -> None:
        """By their signal; nothing of them may be left."""
        for server in self.servers:
            server.stop()
        assert left_behind(self.servers) == []


@pytest.fixture
def cluster(make_cluster: Callable[[str], Cluster], database_url: str) -> Cluster:
    """Two servers on each database."""
    return make_cluster(database_url)


@pytest.fixture
def make_cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Cluster]]:
    """Two servers that are ready, on a database of that URL."""
    with ExitStack() as stack:
        models = tmp_path / "models.json"
        models.write_text(json.dumps([{"image": "*/toy:*", "url": stack.enter_context(pinging())}]))

        def make(url: str) -> Cluster:
            options, foreign = ["--models", str(models)], None
            environment = {"LEEBOARD_ACCESS_KEY_ID": KEY, "LEEBOARD_SECRET_ACCESS_KEY": SECRET}
            homes = [tmp_path / "home"] * 2
            if url.startswith("sqlite"):
                url = f"sqlite:///{homes[0] / 'state.sqlite'}"
            else:
                foreign = request.getfixturevalue("s3")
                options += ["--database-url", url, "--s3-url", foreign.endpoint]
                environment, homes = dict(foreign.environment), [tmp_path / "home-0", tmp_path / "home-1"]
            servers = [
                Server(home, port, options, environment, tmp_path / f"server-{n}.log")
                for n, (home, port) in enumerate(zip(homes, free_ports(2), strict=True))
            ]
            stack.enter_context(ended(servers))
            for server in servers:
                server.start()
            for server in servers:
                server.wait_until_ready()
            database = stack.enter_context(closing(Database(url)))
            s3_url = foreign.endpoint if foreign else servers[0].url
            sagemaker, s3 = map(stack.enter_context, map(closing, _clients(servers[0].url, s3_url)))
            if foreign:
                stack.callback(_empty, s3)
            return Cluster(servers, database, sagemaker, s3)

        yield make


def _clients(url: str, s3_url: str) -> tuple[Any, Any]:
    session = boto3.Session(KEY, SECRET, region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 2}, read_timeout=60)
    return (
        session.client("sagemaker", endpoint_url=url, config=config),
        session.client("s3", endpoint_url=s3_url, config=config),
    )


def _empty(s3: Any) -> None:
    """The S3 server is shared by the tests of a session."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="durability"):
        for one in page.get("Contents", []):
            s3.delete_object(Bucket="durability", Key=one["Key"])
    s3.delete_bucket(Bucket="durability")
