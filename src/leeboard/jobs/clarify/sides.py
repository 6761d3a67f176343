"""Facets and predicted labels that lie in files of their own, put beside the rows that they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from leeboard.errors import InputError
from leeboard.jobs.clarify.reading import collected
from leeboard.tables.options import ReadOptions

_KEY = "leeboard:key"


@dataclass(frozen=True, slots=True)
class SideFile:
    """Files with further columns for the rows of a data set.

    Attributes:
        what: the setting that names it, for messages.
        data: URIs.
        headers: its columns; None if its first row names them.
    """

    what: str
    data: Any
    headers: Sequence[str] | None

    def read(self) -> pl.DataFrame:
        """All of its rows."""
        frame, tally = collected(self.data, ReadOptions(names=self.headers))
        if tally.n_malformed:
            raise InputError(
                f"{self.what}: {tally.n_malformed} rows cannot be read, the first in {tally.samples[0]}"
            )
        return frame


def beside(
    rows: pl.DataFrame, side: pl.DataFrame, columns: Sequence[str], *, key: str | None, what: str
) -> pl.DataFrame:
    """The rows with columns of a side file: joined by a key if both have it, else row by row.

    Rows whose key is not in the side file are left out.

    Raises:
        InputError: the rows do not fit, or a key is there more than once, or a column is there already.
    """
    twice = [name for name in columns if name in rows.columns]
    if twice:
        raise InputError(
            f"{what} and the data set both have a column {', '.join(twice)}; give one of them another name"
        )
    if key is not None and key in side.columns and key in rows.columns:
        return _joined(rows, side, columns, key, what)
    if rows.height != side.height:
        raise InputError(
            f"{what} has {side.height} rows and the data set has {rows.height}: name a column that both have "
            "as joinsource_name_or_index"
        )
    return rows.hstack(side.select(columns))


def _joined(
    rows: pl.DataFrame, side: pl.DataFrame, columns: Sequence[str], key: str, what: str
) -> pl.DataFrame:
    keyed = side.select(pl.col(key).cast(pl.String).str.strip_chars().alias(_KEY), *columns)
    doubled = keyed.filter(pl.col(_KEY).is_duplicated())
    if doubled.height:
        raise InputError(f"{what} has more than one row with {key} {doubled[_KEY][0]!r}")
    with_key = rows.with_columns(pl.col(key).cast(pl.String).str.strip_chars().alias(_KEY))
    found = with_key.join(keyed, on=_KEY, how="inner", maintain_order="left").drop(_KEY)
    if not found.height:
        sample = f"{with_key[_KEY][0]!r} here, {keyed[_KEY][0]!r} there"
        raise InputError(f"no row of the data set has its {key} in {what}; the first is {sample}")
    return found
