"""An empty state of each kind of database."""

from collections.abc import Iterator

import pytest

from leeboard.state.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()
