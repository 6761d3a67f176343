"""Local attributions of features as bands: where rows are, and whether their value is low or high there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from markupsafe import Markup

from leeboard.measures.attribution.coalitions import Floats
from leeboard.report.charts.drawing import round_numbers
from leeboard.report.words import clipped, number, visible

MOST_FEATURES = 12
N_BINS = 72
N_SHADES = 9
WIDTH, LEFT, RIGHT, BAND, TOP = 560, 150, 540, 26, 8
LONGEST_NAME = 22


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One feature: local attributions with the values of its cells; no values for text."""

    name: str
    local: Floats
    values: Floats | None


def bands_of(rows: pl.DataFrame, names: Sequence[str], local: Floats) -> list[Band]:
    """The features with the largest attributions.

    Args:
        local: shape (n_rows, n_features).
    """
    weights = np.abs(local).mean(axis=0) if len(local) else np.zeros(len(names))
    order = [i for i in np.argsort(-weights, kind="stable")[:MOST_FEATURES] if np.isfinite(weights[i])]
    return [Band(names[i], local[:, i], _ranked(rows[names[i]])) for i in order]


def _ranked(column: pl.Series) -> Floats | None:
    """Each number's place among all, in [0, 1]; None for a column that has no order."""
    if not column.dtype.is_numeric():
        return None
    places = column.rank("average").to_numpy().astype(float)
    known = np.nanmax(places) if np.isfinite(places).any() else 1.0
    return np.asarray(places / known)


def spread(bands: Sequence[Band], answer: str) -> Markup:
    """All bands on one axis; [] gives an empty drawing."""
    ends = [value for band in bands for value in (band.local.min(), band.local.max())]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    if low == high:
        low, high = -1.0, 1.0
    edges = np.linspace(low, high, N_BINS + 1)
    height = TOP + BAND * len(bands)
    drawn = Markup("").join(_band(band, TOP + BAND * i + BAND // 2, edges) for i, band in enumerate(bands))
    return Markup(
        '<svg class="spread" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<text class="mid" x="{}" y="{}">{}</text></svg>'
    ).format(
        WIDTH, height + 44, _summary(bands), _axis(low, high, height), drawn,
        (LEFT + RIGHT) // 2, height + 38, f"what the feature adds to {answer}, one row at a time",
    )  # fmt: skip


def _x(value: float, low: float, high: float) -> float:
    return LEFT + (RIGHT - LEFT) * (value - low) / (high - low)


def _axis(low: float, high: float, height: int) -> Markup:
    ticks = Markup("").join(
        Markup('<path class="grid" d="M{:.1f} {}v{}"/><text class="mid" x="{:.1f}" y="{}">{}</text>').format(
            _x(value, low, high), TOP, height - TOP, _x(value, low, high), height + 16, number(value)
        )
        for value in round_numbers(low, high, 6)
    )
    return ticks + Markup('<path class="zero" d="M{:.1f} {}v{}"/>').format(
        _x(0, low, high), TOP, height - TOP
    )


def _band(band: Band, middle: int, edges: Floats) -> Markup:
    counts, _ = np.histogram(band.local, edges)
    top = max(1, int(counts.max()))
    shades = _shades(band, edges)
    width = (RIGHT - LEFT) / N_BINS
    bars = Markup("").join(
        Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            shades[i], LEFT + i * width, middle - tall / 2, width + 0.3, tall
        )
        for i in np.flatnonzero(counts)
        for tall in [max(2.5, (BAND - 4) * float(np.sqrt(counts[i] / top)))]
    )
    name = Markup('<text class="end" x="{}" y="{}"><title>{}</title>{}</text>').format(
        LEFT - 12, middle + 4, visible(band.name), visible(clipped(band.name, LONGEST_NAME))
    )
    return name + bars


def _shades(band: Band, edges: Floats) -> list[str]:
    """The class of each bin: `v0` where cells are lowest to `v8` where they are highest."""
    if band.values is None:
        return ["plain"] * N_BINS
    place = np.clip(np.searchsorted(edges, band.local, side="right") - 1, 0, N_BINS - 1)
    known = np.isfinite(band.values)
    sums = np.bincount(place[known], weights=band.values[known], minlength=N_BINS)
    n = np.bincount(place[known], minlength=N_BINS)
    return [
        f"v{min(N_SHADES - 1, int(N_SHADES * s / c))}" if c else "plain" for s, c in zip(sums, n, strict=True)
    ]


def _summary(bands: Sequence[Band]) -> str:
    told = [
        f"{band.name} from {number(float(band.local.min()))} to {number(float(band.local.max()))}"
        for band in bands
    ]
    return visible(f"Local attributions: {'; '.join(told)}.")
