"""One real server for all tests of the API; each test has names of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from leeboard.client.calls import Client
from live_server import LiveServer, live_server


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`leeboard serve` in a process of its own."""
    with live_server(tmp_path_factory.mktemp("live") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def sm(live: LiveServer) -> Any:
    """boto3's SageMaker client of it."""
    return live.client("sagemaker")


@pytest.fixture(scope="session")
def runtime(live: LiveServer) -> Any:
    """boto3's client for invocations."""
    return live.client("sagemaker-runtime")


@pytest.fixture(scope="session")
def store(live: LiveServer) -> Any:
    """boto3's S3 client of it."""
    return live.client("s3")


@pytest.fixture(scope="session")
def refused() -> Callable[..., AbstractContextManager[None]]:
    """The code and parts of the text with which a call has to be refused."""

    @contextmanager
    def refusal(code: str, *texts: str, status: int = 400) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        error = caught.value.response["Error"]
        assert error["Code"] == code, error
        for text in texts:
            assert text.lower() in error["Message"].lower(), error
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status

    return refusal


@pytest.fixture(scope="session")
def own(live: LiveServer) -> Iterator[Client]:
    """A client of leeboard's own calls."""
    with Client.of(home=str(live.home)) as client:
        yield client
