"""JSON data sets whose features and labels are found by JMESPath, as a frame with a column for each."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from leeboard.errors import FormatError, InputError
from leeboard.formats.analysis_config import AnalysisConfig, Locator
from leeboard.tables.cells.paths import compiled
from leeboard.tables.cells.rows import frame_of_rows
from leeboard.tables.sources import find_sources
from leeboard.tables.text.jsontext import decode
from leeboard.tables.text.streams import open_text

JSON, JSON_LINES = "application/json", "application/jsonlines"
LABEL, PREDICTED = "label", "predicted_label"
"""Names of these columns where the headers give none."""


def is_by_path(config: AnalysisConfig) -> bool:
    """Whether the data are JSON whose features are somewhere inside."""
    return config.dataset_type in (JSON, JSON_LINES) and config.features is not None


def frame_by_path(config: AnalysisConfig, data: str | Sequence[str]) -> tuple[pl.DataFrame, AnalysisConfig]:
    """The rows of the files in memory, and the configuration with the names of their columns.

    Headers name the features, and behind them the label and what a model said of it, as far as there are any.

    Raises:
        FormatError: a path finds nothing, or not as much as the others.
    """
    paths = {"features": config.features, LABEL: config.label, PREDICTED: config.predicted_label}
    finders = {part: _finder(part, path) for part, path in paths.items() if path is not None}
    found: dict[str, list[Any]] = {part: [] for part in finders}
    for document, place in _documents(data, is_lines=config.dataset_type == JSON_LINES):
        values = {part: finder(document) for part, finder in finders.items()}
        _check(values, paths, place)
        for part, value in values.items():
            found[part] += [value] if config.dataset_type == JSON_LINES else value
    rows = found.pop("features")
    return _framed(config, rows, found)


def _finder(part: str, path: Locator) -> Any:
    return compiled(f"[{path}]" if isinstance(path, int) else path, part)


def _documents(data: str | Sequence[str], *, is_lines: bool) -> Iterator[tuple[Any, str]]:
    """The lines of all files, or the files, with where they are."""
    for source in find_sources([data] if isinstance(data, str) else data):
        with open_text(source.uri) as stream:
            text = bytes(stream.readall())
        parts = enumerate(text.split(b"\n"), 1) if is_lines else [(0, text)]
        for line, part in parts:
            if part.strip():
                place = f"{source.uri}, line {line}" if line else source.uri
                yield _decoded(part, place, source.uri), place


def _decoded(text: bytes, place: str, uri: str) -> Any:
    try:
        return decode(text)
    except ValueError as error:
        raise FormatError(f"{place}: not JSON: {error}", uri) from None


def _check(values: dict[str, Any], paths: dict[str, Any], place: str) -> None:
    for part, value in values.items():
        if value is None:
            raise FormatError(f"{place}: {part} {paths[part]!r} finds nothing")
    if not isinstance(values["features"], list | dict):
        raise FormatError(
            f"{place}: features {paths['features']!r} finds {values['features']!r}, which is no list"
        )
    sizes = {part: len(value) for part, value in values.items() if isinstance(value, list)}
    is_whole = ", line " not in place
    if is_whole and (len(sizes) < len(values) or len(set(sizes.values())) > 1):
        told = ", ".join(f"{sizes.get(part, 'no list')} of {part}" for part in values)
        raise FormatError(f"{place}: the paths must find as many values each; they find {told}")


def _framed(
    config: AnalysisConfig, rows: list[Any], others: dict[str, list[Any]]
) -> tuple[pl.DataFrame, AnalysisConfig]:
    is_named = bool(rows) and isinstance(rows[0], dict)
    n_features = len(rows[0]) if rows else 0
    given = list(config.headers or (rows[0] if is_named else [f"column_{i}" for i in range(n_features)]))
    names, rest = given[:n_features], given[n_features:]
    if len(names) < n_features or len(rest) not in (0, len(others)):
        raise InputError(
            f"there are {len(given)} headers for {n_features} features"
            f"{''.join(f' and {part}' for part in others)}: {', '.join(given)}"
        )
    frame = frame_of_rows(rows, names)
    renamed = dict(zip(others, rest or others, strict=True))
    columns = [
        pl.Series(renamed[part], [_cell(value) for value in values]) for part, values in others.items()
    ]
    changes = {
        "features": None,
        "headers": None,
        LABEL: renamed.get(LABEL),
        PREDICTED: renamed.get(PREDICTED),
    }
    return frame.with_columns(columns), config.model_copy(update=changes)


def _cell(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
