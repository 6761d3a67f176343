"""polars' streaming join of captured records with labels."""

from __future__ import annotations

import polars as pl

ID = {"eventId": pl.String, "inferenceId": pl.String}
CAPTURED = {
    "captureData": pl.Struct({"endpointOutput": pl.Struct({"data": pl.String})}),
    "eventMetadata": pl.Struct(ID),
}
LABELS = {
    "groundTruthData": pl.Struct({"data": pl.String}),
    "eventMetadata": pl.Struct({"eventId": pl.String}),
}


def bare(captures: str, labels: str) -> list[float]:
    """Number of pairs, of right answers and of positive labels, and the mean squared error."""
    output = pl.col("captureData").struct.field("endpointOutput").struct.field("data")
    metadata = pl.col("eventMetadata").struct
    left = pl.scan_ndjson(captures, schema=CAPTURED).select(
        id=pl.coalesce(metadata.field("inferenceId"), metadata.field("eventId")),
        score=output.cast(pl.Float64),
    )
    right = pl.scan_ndjson(labels, schema=LABELS).select(
        id=metadata.field("eventId"), label=pl.col("groundTruthData").struct.field("data").cast(pl.Float64)
    )
    score, label = pl.col("score"), pl.col("label")
    sums = left.join(right, on="id").select(
        pl.len(),
        ((score > 0.5) == (label > 0.5)).sum().alias("right"),
        label.sum(),
        mse=((score - label) ** 2).mean(),
    )
    return list(sums.collect(engine="streaming").row(0))
