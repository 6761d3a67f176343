"""One real server for all tests of the API; each test has names of its own."""

from collections.abc import Iterator

import pytest

from live_server import LiveServer, live_server


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`leeboard serve` in a process of its own."""
    with live_server(tmp_path_factory.mktemp("live") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def sm(live: LiveServer):
    """boto3's SageMaker client of it."""
    return live.client("sagemaker")
