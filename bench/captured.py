"""Rows as capture records, one line each."""

from pathlib import Path

import numpy as np
import polars as pl

BEGINNING = 1_790_000_000_000
"""Milliseconds since 1970 of record 0, unless it is said."""


def write_capture(frame: pl.DataFrame, *, first: int, target: Path, beginning_ms: int = BEGINNING) -> None:
    """Write records `first` and on: the row as CSV input, a probability as output."""
    random = np.random.default_rng([7, first])
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in frame.columns]
    lines = frame.select(payload=pl.concat_str(cells, separator=",")).with_columns(
        number=pl.Series(range(first, first + frame.height)),
        probability=pl.Series(np.round(random.random(frame.height), 4)),
    )
    target.write_text(lines.select(_line(beginning_ms)).to_series().str.join("\n").item() + "\n")


def _line(beginning_ms: int) -> pl.Expr:
    time = pl.from_epoch(pl.col("number") * 7 + beginning_ms, time_unit="ms").dt.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    event = pl.format("6f1c2a9e-4b7d-4c11-9a57-{}", pl.col("number").cast(pl.String).str.zfill(12))
    return pl.concat_str(
        pl.lit('{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"'),
        pl.col("payload"),
        pl.lit('","encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv; charset=utf-8",'),
        pl.lit('"mode":"OUTPUT","data":"'),
        pl.col("probability").cast(pl.String),
        pl.lit('","encoding":"CSV"}},"eventMetadata":{"eventId":"'),
        event,
        pl.lit('","inferenceTime":"'),
        time,
        pl.lit('"},"eventVersion":"0"}'),
    )
