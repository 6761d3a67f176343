"""Ids as numbers: 128 bits of hash, which no two ids of a merge share by chance."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]


class Keys(NamedTuple):
    """Two independent hashes of each id."""

    first: Numbers
    second: Numbers


def keys_of(ids: pl.Series) -> Keys:
    """The keys of texts; the same in every process of one machine."""
    return Keys(ids.hash(1).to_numpy(), (ids + "#").hash(2).to_numpy())
