"""Reading a whole table at once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from leeboard.tables import Malformed, Table, Tally
from leeboard.tables.opening import open_table

DATA = Path(__file__).parents[2].parent / "shared/data"


@dataclass
class Read:
    """All blocks of a table put together."""

    frame: pl.DataFrame
    malformed: list[Malformed]
    n_malformed: int

    @property
    def columns(self) -> list[str]:
        return self.frame.columns

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return self.frame.rows()

    @property
    def lines(self) -> list[int | None]:
        """Where malformed records begin."""
        return [one.line for one in self.malformed]


def read_table(table: Table) -> Read:
    blocks = [table.block(chunk) for chunk in table.chunks()]
    frames = [block.frame for block in blocks if block.frame.width]
    frame = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
    tally = sum((block.tally for block in blocks), Tally.zero())
    return Read(frame, list(tally.samples), tally.n_malformed)


@pytest.fixture
def read() -> Callable[..., Read]:
    return lambda data, **options: read_table(open_table(data, **options))


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of text or bytes."""

    def write(content: str | bytes, name: str = "data") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(scope="session")
def data() -> Path:
    """The data sets that are shared beside the project."""
    if not DATA.is_dir():
        pytest.skip("the shared data sets are not beside the project")
    return DATA
