"""Two servers on one state: on SQLite with one home folder, on PostgreSQL with two and a common S3."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from s3_server import KEY, SECRET, S3Server, free_ports

sys.path.append(str(Path(__file__).parent))

from monitored import Hour, last_hours, make_endpoint, make_schedules
from servers import Server, ended, left_behind, pinging

from leeboard.state.database import Database


@dataclass(slots=True)
class Cluster:
    """Servers, and what tests need to look at their work."""

    servers: list[Server]
    database: Database
    sagemaker: Any
    s3: Any

    def prepare(self, *, n_hours: int, n_schedules: int) -> tuple[list[Hour], list[str]]:
        """An endpoint with data, and schedules that are not due before the next hour."""
        hours = last_hours(n_hours, datetime.now(UTC))
        make_endpoint(self.sagemaker, self.s3, hours)
        return hours, make_schedules(self.sagemaker, n_schedules)

    def end(self) -> None:
        """By their signal; nothing of them may be left."""
        for server in self.servers:
            server.stop()
        assert left_behind(self.servers) == []


@pytest.fixture
def cluster(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Cluster]:
    """Two servers that are ready."""
    is_postgres = database_url.startswith("postgresql")
    with ExitStack() as stack:
        models = tmp_path / "models.json"
        models.write_text(json.dumps([{"image": "*/toy:*", "url": stack.enter_context(pinging())}]))
        options, environment, endpoint = ["--models", str(models)], {}, None
        if is_postgres:
            foreign: S3Server = request.getfixturevalue("s3")
            options += ["--database-url", database_url, "--s3-url", foreign.endpoint]
            environment, endpoint = dict(foreign.environment), foreign.endpoint
        else:
            environment = {"LEEBOARD_ACCESS_KEY_ID": KEY, "LEEBOARD_SECRET_ACCESS_KEY": SECRET}
            database_url = f"sqlite:///{tmp_path / 'home' / 'state.sqlite'}"
        servers = [
            Server(
                tmp_path / (f"home-{n}" if is_postgres else "home"), port, options, environment,
                tmp_path / f"server-{n}.log",
            )
            for n, port in enumerate(free_ports(2))
        ]  # fmt: skip
        stack.enter_context(ended(servers))
        for server in servers:
            server.start()
        for server in servers:
            server.wait_until_ready()
        database = Database(database_url)
        stack.callback(database.close)
        sagemaker, s3 = _clients(servers[0].url, endpoint or servers[0].url)
        stack.callback(sagemaker.close)
        stack.callback(s3.close)
        if is_postgres:
            stack.callback(_empty, s3)
        yield Cluster(servers, database, sagemaker, s3)


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
