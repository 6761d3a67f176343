"""All labels by the keys of their ids: in memory or, if they are many, in files looked up in place."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.tables.modelled.usual import sole_cells
from leeboard.truth.keys import Keys, Numbers

BYTES_A_LABEL = 100
"""What a label takes while an index is built, roughly."""
N_BUCKETS_BITS = 6
COUNTED_AT_ONCE = 1 << 20
_SCHEMA = {"first": pl.UInt64, "second": pl.UInt64, "text": pl.String, "is_late": pl.Boolean}

Positions = NDArray[np.int64]


class Texts(Protocol):
    """Texts of labels by position."""

    def at(self, positions: Positions) -> pl.Series: ...

    def cells_at(self, positions: Positions) -> pl.Series | None:
        """As cells of a table; None if a text is more than one cell."""


class HeldTexts:
    """Texts in memory, as they came: to put all of them in order would take longer than to look them up.

    Args:
        order: the place of the text at each position.
    """

    def __init__(self, texts: pl.Series, order: Positions) -> None:
        self._texts, self._cells, self._order = texts, sole_cells(texts), order

    def at(self, positions: Positions) -> pl.Series:
        return self._texts.gather(self._order[positions])

    def cells_at(self, positions: Positions) -> pl.Series | None:
        return None if self._cells is None else self._cells.gather(self._order[positions])


@dataclass(frozen=True, slots=True)
class StoredTexts:
    """Texts in a file, one behind the other, and where each ends."""

    text: NDArray[np.uint8]
    ends: Numbers

    def at(self, positions: Positions) -> pl.Series:
        ends = self.ends[positions]
        starts = np.where(positions > 0, self.ends[positions - 1], np.uint64(0))
        text = self.text
        found = [text[start:end].tobytes() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        return pl.Series(found, dtype=pl.Binary).cast(pl.String)

    def cells_at(self, positions: Positions) -> pl.Series | None:
        return sole_cells(self.at(positions))


class LabelIndex:
    """The last label of each id.

    Attributes:
        n_replaced: labels that were not the last of their id.
        is_matched: of each label, whether a record was found for it.
        files: what must stay as long as the index does.
    """

    files: Any = None

    def __init__(self, keys: Keys, texts: Texts, is_late: NDArray[np.bool_], n_replaced: int) -> None:
        self._keys, self._texts, self._is_late = keys, texts, is_late
        self._has_late = bool(is_late.any())
        self.n_replaced = n_replaced
        self.is_matched = np.zeros(len(keys.first), np.bool_)
        n_bits = max(1, len(keys.first).bit_length())
        self._shift = np.uint64(64 - n_bits)
        self._starts = _starts(keys.first, n_bits)

    def __len__(self) -> int:
        return len(self.is_matched)

    def find(self, keys: Keys) -> Positions:
        """The position of the label of each key; -1 where there is none."""
        found = np.full(len(keys.first), -1, np.int64)
        if not len(self):
            return found
        first, second, last = keys.first, keys.second, len(self) - 1
        places = np.minimum(self._starts[first >> self._shift], last)
        rows = np.arange(len(first))
        while len(rows):  # most keys have one neighbour with the same first bits
            here = self._keys.first[places]
            is_here = (here == first) & (self._keys.second[places] == second)
            found[rows[is_here]] = places[is_here]
            goes_on = (here <= first) & ~is_here & (places < last)
            rows, places = rows[goes_on], places[goes_on] + 1
            first, second = first[goes_on], second[goes_on]
        return found

    def texts(self, positions: Positions) -> pl.Series:
        return self._texts.at(positions)

    def cells(self, positions: Positions) -> pl.Series | None:
        """The texts as cells of a table; None if one of them, perhaps another one, is more than a cell."""
        return self._texts.cells_at(positions)

    def n_late(self, positions: Positions) -> int:
        """How many of these came late."""
        return int(np.count_nonzero(self._is_late[positions])) if self._has_late else 0


def _starts(first: Numbers, n_bits: int) -> NDArray[Any]:
    """Where the keys with each first bits begin, or would."""
    size = np.int32 if len(first) < 1 << 31 else np.int64
    n_below: NDArray[Any] = np.zeros((1 << n_bits) + 1, size)
    for start in range(0, len(first), COUNTED_AT_ONCE):
        part = first[start : start + COUNTED_AT_ONCE] >> np.uint64(64 - n_bits)
        found = np.bincount((part - part[0]).astype(np.int64))
        place = int(part[0]) + 1
        n_below[place : place + len(found)] += found
    return np.cumsum(n_below, out=n_below)[:-1]


class _TempFolder:
    """A folder that is removed with all files in it when nobody holds it any more."""

    def __init__(self, parent: str | None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="leeboard-merge-", dir=parent))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


class IndexBuilder:
    """Takes labels in, in reading order.

    Args:
        memory_bytes: about how much memory it may take; beyond that, labels go to files.
    """

    def __init__(self, memory_bytes: int, folder: str | None = None) -> None:
        self._max_held = max(1, memory_bytes // BYTES_A_LABEL)
        self._parent = folder
        self._held: list[pl.DataFrame] = []
        self._n_held = 0
        self._n_seen = 0
        self._folder: _TempFolder | None = None
        self._buckets: list[list[Path]] = [[] for _ in range(1 << N_BUCKETS_BITS)]

    def add(self, keys: Keys, texts: pl.Series, *, is_late: bool) -> None:
        frame = pl.DataFrame({"first": keys.first, "second": keys.second, "text": texts}).with_columns(
            is_late=pl.lit(is_late)
        )
        self._held.append(frame)
        self._n_held += frame.height
        self._n_seen += frame.height
        if self._n_held > self._max_held:
            self._spill()

    def build(self) -> LabelIndex:
        """The index of what was added; it removes its files when it is gone."""
        if self._folder is None:
            return self._of_held()
        self._spill()
        return _stored(self._folder, self._sorted_buckets(), self._n_seen)

    def _of_held(self) -> LabelIndex:
        held = self._taken()
        order = np.argsort(held["first"].to_numpy())
        if _has_equal(held["first"].to_numpy()[order]):
            held = _latest(held)
            order = np.arange(held.height)
        keys = Keys(held["first"].to_numpy()[order], held["second"].to_numpy()[order])
        is_late = held["is_late"].to_numpy()[order]
        return LabelIndex(keys, HeldTexts(held["text"], order), is_late, self._n_seen - held.height)

    def _taken(self) -> pl.DataFrame:
        """What is held, which is held no more."""
        held, self._held, self._n_held = self._held, [], 0
        return pl.concat(held) if held else pl.DataFrame(schema=_SCHEMA)

    def _spill(self) -> None:
        """Writes what is held as one run, cut into buckets by the first bits of the keys."""
        if self._folder is None:
            self._folder = _TempFolder(self._parent)
        run = _latest(self._taken())
        n_buckets = 1 << N_BUCKETS_BITS
        starts = np.arange(1, n_buckets, dtype=np.uint64) << np.uint64(64 - N_BUCKETS_BITS)
        cuts = [0, *np.searchsorted(run["first"].to_numpy(), starts).tolist(), run.height]
        for files, start, end in zip(self._buckets, cuts, cuts[1:], strict=False):
            if end > start:
                files.append(self._folder.path / f"{start}-{self._n_seen}")
                run.slice(start, end - start).write_ipc(files[-1])

    def _sorted_buckets(self) -> Iterator[pl.DataFrame]:
        for files in filter(None, self._buckets):
            yield _latest(pl.concat([pl.read_ipc(file) for file in files]))
            for file in files:
                file.unlink()


def _latest(frame: pl.DataFrame) -> pl.DataFrame:
    """In the order of the keys; the last of several labels of a key."""
    order = np.argsort(frame["first"].to_numpy())
    found = frame[order]
    if not _has_equal(found["first"].to_numpy()):
        return found
    return frame.unique(["first", "second"], keep="last", maintain_order=True).sort("first").rechunk()


def _has_equal(ordered: Numbers) -> bool:
    return bool((ordered[1:] == ordered[:-1]).any())


def _stored(place: _TempFolder, buckets: Iterator[pl.DataFrame], n_seen: int) -> LabelIndex:
    """Writes the sorted buckets one behind the other, a file a column, and opens these files in place."""
    names = ("first", "second", "text", "ends", "late")
    n, end, folder = 0, np.uint64(0), place.path
    files = {name: (folder / name).open("wb") for name in names}
    try:
        for bucket in buckets:
            ends = bucket["text"].str.len_bytes().cum_sum().cast(pl.UInt64).to_numpy() + end
            bucket["first"].to_numpy().tofile(files["first"])
            bucket["second"].to_numpy().tofile(files["second"])
            files["text"].write("".join(bucket["text"].to_list()).encode())
            ends.tofile(files["ends"])
            bucket["is_late"].to_numpy().tofile(files["late"])
            n, end = n + bucket.height, ends[-1] if len(ends) else end
    finally:
        for file in files.values():
            file.close()
    keys = Keys(_mapped(folder / "first", np.uint64), _mapped(folder / "second", np.uint64))
    texts = StoredTexts(_mapped(folder / "text", np.uint8), _mapped(folder / "ends", np.uint64))
    index = LabelIndex(keys, texts, _mapped(folder / "late", np.bool_), n_seen - n)
    index.files = place
    return index


def _mapped(path: Path, kind: type[np.generic]) -> NDArray[Any]:
    return np.memmap(path, kind, "r") if path.stat().st_size else np.empty(0, kind)
