"""The background of attributions: rows that stand for a feature that is not known."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.jobs.clarify.reading import collected
from leeboard.tables.cells.rows import frame_of_rows
from leeboard.tables.options import ReadOptions


def background_of(config: AnalysisConfig, features: Sequence[str] | None) -> pl.DataFrame | None:
    """The rows of `methods.shap.baseline`, or of the file that it names; None if they are to be computed.

    Args:
        features: the model's, in its order; None if only the data will tell.

    Raises:
        InputError: a row has not as many cells as there are features, or not these features.
    """
    given = config.methods.shap.baseline if config.methods.shap else None
    if given is None:
        return None
    frame = _of_file(given, features) if isinstance(given, str) else _of_rows(given, features)
    if features is None:
        return frame
    missing = [name for name in features if name not in frame.columns]
    if missing:
        raise InputError(
            f"the baseline of shap has no {', '.join(missing)}; its columns: {', '.join(frame.columns)}"
        )
    return frame.select(features)


def _of_file(uri: str, features: Sequence[str] | None) -> pl.DataFrame:
    frame, _ = collected(uri, ReadOptions(names=features))
    return frame


def _of_rows(given: Any, features: Sequence[str] | None) -> pl.DataFrame:
    rows = [given] if isinstance(given, dict) else list(given)
    if not rows:
        raise InputError("the baseline of shap is an empty list; leave it out to have one computed")
    for row in rows:
        if features is not None and isinstance(row, list) and len(row) != len(features):
            raise InputError(
                f"a row in the baseline of shap has {len(row)} cells, and the model has {len(features)} "
                f"features: {', '.join(features)}"
            )
    return frame_of_rows(rows, features)
