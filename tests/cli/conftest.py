"""A server for the commands that speak to one."""

from collections.abc import Iterator
from typing import Any

import pytest

from live_server import LiveServer, live_server


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`leeboard serve`; each test has names of its own."""
    with live_server(tmp_path_factory.mktemp("served") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def sagemaker(served: LiveServer) -> Any:
    return served.client("sagemaker")
