"""Writes captured records and their labels in another order: `python -m bench.truth.data N FOLDER`."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

from bench.captured import write_capture

SEED = 20261122
ROWS_A_BLOCK = 500_000
FEATURES = 6


def main() -> None:
    """A label for each record; the beginning of the ids is that of the captured ones."""
    n, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    _in_blocks(folder / "capture.jsonl", n, _write_captured)
    order = np.random.default_rng(SEED).permutation(n)
    _in_blocks(
        folder / "labels.jsonl", n, lambda start, size, target: _write_labels(order, start, size, target)
    )


def _in_blocks(file: Path, n: int, write) -> None:
    if file.exists():
        return
    part, unfinished = file.with_suffix(".part"), file.with_suffix(".unfinished")
    with unfinished.open("wb") as whole:
        for start in range(0, n, ROWS_A_BLOCK):
            write(start, min(ROWS_A_BLOCK, n - start), part)
            whole.write(part.read_bytes())
    part.unlink()
    unfinished.rename(file)


def _write_captured(start: int, n: int, target: Path) -> None:
    random = np.random.default_rng([SEED, start])
    features = {f"f{i}": np.round(random.random(n) * 100, 3) for i in range(FEATURES)}
    write_capture(pl.DataFrame(features), first=start, target=target)


def _write_labels(order: np.ndarray, start: int, n: int, target: Path) -> None:
    labels = pl.DataFrame({"of": order[start : start + n], "label": order[start : start + n] % 2})
    line = pl.concat_str(
        pl.lit('{"groundTruthData":{"data":"'),
        pl.col("label").cast(pl.String),
        pl.lit('","encoding":"CSV"},"eventMetadata":{"eventId":"6f1c2a9e-4b7d-4c11-9a57-'),
        pl.col("of").cast(pl.String).str.zfill(12),
        pl.lit('"},"eventVersion":"0"}\n'),
    )
    target.write_text(labels.select(line).to_series().str.join("").item())


if __name__ == "__main__":
    main()
