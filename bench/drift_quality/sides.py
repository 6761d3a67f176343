"""A frame together with what the judges read of it."""

from functools import cached_property

import numpy as np
import polars as pl

from leeboard.engines.local import fold
from leeboard.profile import TableProfile
from leeboard.tables.opening import open_table


class Side:
    """Baseline or window: its rows, and its profile."""

    def __init__(self, frame: pl.DataFrame, profile: TableProfile) -> None:
        self.frame, self.profile = frame, profile

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Side":
        return cls(frame, fold(open_table(frame), TableProfile))

    def beside(self, other: "Side") -> "Side":
        """Columns of both."""
        columns = {**self.profile.columns, **other.profile.columns}
        return Side(self.frame.hstack(other.frame), TableProfile(self.profile.n_rows, columns))

    @cached_property
    def numbers(self) -> dict[str, np.ndarray]:
        """Present values of the numeric columns, sorted."""
        columns = [column for column in self.frame.get_columns() if column.dtype != pl.String]
        return {column.name: column.drop_nulls().cast(pl.Float64).sort().to_numpy() for column in columns}

    @cached_property
    def counts(self) -> dict[str, pl.DataFrame]:
        """Counts by value of the text columns."""
        columns = [column for column in self.frame.get_columns() if column.dtype == pl.String]
        return {one.name: one.drop_nulls().rename("value").value_counts(name="n") for one in columns}
