"""SQLite for most of these tests; both databases where they differ."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, of the kind that a test asks for with `BOTH`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}"
        return
    with request.getfixturevalue("postgres").fresh_database() as url:
        yield url
