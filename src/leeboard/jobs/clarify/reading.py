"""How the data of a Clarify job are read."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import polars as pl

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.jobs.environment import JobEnvironment
from leeboard.tables import Tally
from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import LABEL, Parts

FORMATS = {
    "application/jsonlines": DatasetFormat("jsonl"),
    "application/json": DatasetFormat("json"),
    "application/x-parquet": DatasetFormat("parquet"),
    "application/sagemakercapturejson": DatasetFormat("capture"),
}
"""CSV is not among them: whether a file has a header is told by its first rows and the headers."""


def dataset_reading(config: AnalysisConfig, read: ReadOptions) -> ReadOptions:
    """Of a data set in files, as the configuration says; what it does not say stays."""
    known = FORMATS.get(config.dataset_type or "") or read.dataset_format
    names, features = config.headers or read.names, config.features or read.features_path
    return replace(read, dataset_format=known, names=names, features_path=features)


def traffic_reading(config: AnalysisConfig, environment: JobEnvironment) -> ReadOptions:
    """Of captured traffic, merged with ground truth or not, as a schedule says.

    The headers of a configuration may hold the label beside the features.
    """
    told = environment.get("dataset_format")
    features = [name for name in config.headers if name != config.label] if config.headers else None
    return ReadOptions(
        dataset_format=DatasetFormat.parse(told) if told else FORMATS["application/sagemakercapturejson"],
        window=environment.window,
        exclude=environment.excluded,
        features_path=environment.get("features_attribute"),
        target_model=environment.get("leeboard_target_model"),
        is_batch=environment.one_of("leeboard_batch_transform", "Disabled", "Enabled") == "Enabled",
        parts=Parts(
            prediction=environment.get("inference_attribute"),
            probability=environment.get("probability_attribute"),
            features=features,
            sole_output_is_probability=True,
        ),
    )


def column_names(data: Any, options: ReadOptions) -> list[str]:
    """The columns of the first rows.

    Raises:
        NoDataError: there is nothing to read.
    """
    table = open_table(data, options)
    for chunk in islice(table.chunks(), 1):
        return [name for name in table.block(chunk).frame.columns if name != LABEL]
    return []


def collected(data: Any, options: ReadOptions) -> tuple[pl.DataFrame, Tally]:
    """All rows in memory, in their order, and what could not be read.

    Raises:
        InputError: there is no row.
    """
    table = open_table(data, options)
    blocks = [table.block(chunk) for chunk in table.chunks()]
    frames = [block.frame for block in blocks if block.frame.height]
    if not frames:
        raise InputError(f"{data} holds no rows")
    return pl.concat(_alike(frames), how="diagonal"), sum((block.tally for block in blocks), Tally.zero())


def _alike(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """With the same type for a column everywhere: numbers in one block may be texts in another."""
    kinds: dict[str, set[pl.DataType]] = {}
    for frame in frames:
        for name, kind in frame.schema.items():
            kinds.setdefault(name, set()).add(kind)
    casts = {name: _common(found) for name, found in kinds.items() if len(found) > 1}
    return [frame.cast({n: kind for n, kind in casts.items() if n in frame.columns}) for frame in frames]


def _common(kinds: set[pl.DataType]) -> pl.DataType:
    return pl.Float64() if all(kind.is_numeric() or kind == pl.Null() for kind in kinds) else pl.String()
